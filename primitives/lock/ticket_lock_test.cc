// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/ticket_lock.h"

#include "primitives/lock/lock_scenarios.h"
#include "scenario/free_form.h"
#include "scenario/linearizable.h"
#include "scenario/litmus.h"

namespace hammerlock {

static_assert(Lockable<TicketLock>);

struct TicketLockExcludes : LockExcludes<TicketLock> {};
LITMUS(TicketLockExcludes, r0, r1) { DescribeExclusion(*this); }

struct TicketLockTryLock : TryLockExcludes<TicketLock> {};
LITMUS(TicketLockTryLock, r0, r1) { DescribeTryLock(*this); }

struct TicketLockCarriesMessage : LockCarriesMessage<TicketLock> {};
LITMUS(TicketLockCarriesMessage, r0) { DescribeMessage(*this); }

struct TicketLockIsDestroyedByTheLastOwner : LastOwnerDestroys<TicketLock> {};
LITMUS(TicketLockIsDestroyedByTheLastOwner, r0, r1) { DescribeDestruction(*this); }

LINEARIZABLE(TicketLockGuardsACounter, GuardedCounter<TicketLock>, CounterModel) {
  DeclareGuardedCounter(*this);
}

FREE_FORM(TicketLockInACrowd) { CrowdAtTwoLocks<TicketLock>(); }

FREE_FORM(TicketLockIsHandedOver) { HandOverToAnotherThread<TicketLock>(); }

}  // namespace hammerlock
