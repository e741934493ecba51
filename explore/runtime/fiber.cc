// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/fiber.h"

#include <cstring>

// The entry is marked as the outermost frame, so that unwinding ends there.
//
// Processors predict where a function returns to by a stack of their own of the calls made. A fiber
// that begins is therefore jumped to, and one that ends goes by a jump as well: if nothing else
// was switched to in between, each return is the one that belongs to the latest call.
#if defined(__x86_64__)
asm(R"(
.text
.globl hammerlock_switch_stacks
.type hammerlock_switch_stacks, @function
hammerlock_switch_stacks:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  leaq 1f(%rip), %rax
  pushq %rax
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %rax
  jmpq *%rax
1:
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size hammerlock_switch_stacks, . - hammerlock_switch_stacks

.globl hammerlock_fiber_entry
.type hammerlock_fiber_entry, @function
hammerlock_fiber_entry:
  .cfi_startproc
  .cfi_undefined rip
  xorl %ebp, %ebp
  call hammerlock_fiber_main
  movq %rax, %rsp
  popq %rax
  jmpq *%rax
  .cfi_endproc
.size hammerlock_fiber_entry, . - hammerlock_fiber_entry
)");
#elif defined(__aarch64__)
asm(R"(
.text
.globl hammerlock_switch_stacks
.type hammerlock_switch_stacks, %function
hammerlock_switch_stacks:
  stp x29, x30, [sp, #-160]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov x0, x1
hammerlock_resume:
  mov sp, x0
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
.size hammerlock_switch_stacks, . - hammerlock_switch_stacks

.globl hammerlock_fiber_entry
.type hammerlock_fiber_entry, %function
hammerlock_fiber_entry:
  .cfi_startproc
  .cfi_undefined x30
  mov x29, #0
  bl hammerlock_fiber_main
  b hammerlock_resume
  .cfi_endproc
.size hammerlock_fiber_entry, . - hammerlock_fiber_entry
)");
#else
#error "the explorer runs on x86_64 and aarch64"
#endif

extern "C" void hammerlock_fiber_entry();

namespace hammerlock::explore {

void* FreshStack(uintptr_t top) {
  uintptr_t* sp = reinterpret_cast<uintptr_t*>(top & ~uintptr_t{15});
#if defined(__x86_64__)
  sp -= 2;
  *--sp = reinterpret_cast<uintptr_t>(&hammerlock_fiber_entry);  // Aligned when it is popped.
#else
  sp -= 20;
  memset(sp, 0, 20 * sizeof(*sp));
  sp[1] = reinterpret_cast<uintptr_t>(&hammerlock_fiber_entry);
#endif
  return sp;
}

}  // namespace hammerlock::explore
