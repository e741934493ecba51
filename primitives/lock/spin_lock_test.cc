// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/spin_lock.h"

#include "primitives/lock/lock_scenarios.h"
#include "scenario/free_form.h"
#include "scenario/linearizable.h"
#include "scenario/litmus.h"

namespace hammerlock {

static_assert(Lockable<SpinLock>);

struct SpinLockExcludes : LockExcludes<SpinLock> {};
LITMUS(SpinLockExcludes, r0, r1) { DescribeExclusion(*this); }

struct SpinLockTryLock : TryLockExcludes<SpinLock> {};
LITMUS(SpinLockTryLock, r0, r1) { DescribeTryLock(*this); }

struct SpinLockCarriesMessage : LockCarriesMessage<SpinLock> {};
LITMUS(SpinLockCarriesMessage, r0) { DescribeMessage(*this); }

struct SpinLockIsDestroyedByTheLastOwner : LastOwnerDestroys<SpinLock> {};
LITMUS(SpinLockIsDestroyedByTheLastOwner, r0, r1) { DescribeDestruction(*this); }

LINEARIZABLE(SpinLockGuardsACounter, GuardedCounter<SpinLock>, CounterModel) {
  DeclareGuardedCounter(*this);
}

FREE_FORM(SpinLockInACrowd) { CrowdAtTwoLocks<SpinLock>(); }

FREE_FORM(SpinLockIsHandedOver) { HandOverToAnotherThread<SpinLock>(); }

}  // namespace hammerlock
