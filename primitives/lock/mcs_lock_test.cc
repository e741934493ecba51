// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/mcs_lock.h"

#include "primitives/lock/lock_scenarios.h"
#include "scenario/free_form.h"
#include "scenario/linearizable.h"
#include "scenario/litmus.h"

namespace hammerlock {

static_assert(Lockable<McsLock>);

struct McsLockExcludes : LockExcludes<McsLock> {};
LITMUS(McsLockExcludes, r0, r1) { DescribeExclusion(*this); }

struct McsLockTryLock : TryLockExcludes<McsLock> {};
LITMUS(McsLockTryLock, r0, r1) { DescribeTryLock(*this); }

struct McsLockCarriesMessage : LockCarriesMessage<McsLock> {};
LITMUS(McsLockCarriesMessage, r0) { DescribeMessage(*this); }

struct McsLockIsDestroyedByTheLastOwner : LastOwnerDestroys<McsLock> {};
LITMUS(McsLockIsDestroyedByTheLastOwner, r0, r1) { DescribeDestruction(*this); }

LINEARIZABLE(McsLockGuardsACounter, GuardedCounter<McsLock>, CounterModel) {
  DeclareGuardedCounter(*this);
}

FREE_FORM(McsLockInACrowd) { CrowdAtTwoLocks<McsLock>(); }

FREE_FORM(McsLockIsHandedOver) { HandOverToAnotherThread<McsLock>(); }

}  // namespace hammerlock
