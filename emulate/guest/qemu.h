// SPDX-License-Identifier: Apache-2.0
//
// What qemu-aarch64 7.2 exports, beside its plugin interface, because it is linked with
// -export-dynamic: enough for a plugin to schedule the guest's threads itself.
// Source: the symbol table of Debian 12's binary; QEMU 7.2, accel/tcg and linux-user.
#pragma once

#include <cstdint>

#include "emulate/qemu_plugin.h"

extern "C" {

struct CPUState;

// With it each translation block holds one instruction, and the CPU's state is complete whenever a
// callback runs.
extern int singlestep;
extern uintptr_t guest_base;

CPUState* qemu_get_cpu(int index);
// Ends the present block here; execution goes on at the CPU's pc.
[[noreturn]] void cpu_loop_exit_noexc(CPUState* cpu);
// PAGE_READ 1, PAGE_WRITE 2, ... of the guest's page; 0 where there is none.
int page_get_flags(uint64_t address);

struct GByteArray {
  uint8_t* data;
  unsigned size;
};
GByteArray* g_byte_array_new();
uint8_t* g_byte_array_free(GByteArray* array, int free_segment);
// Appends a register's value: 0 to 30 X, 31 SP, 32 pc, 33 the flags.
int aarch64_cpu_gdb_read_register(CPUState* cpu, GByteArray* into, int number);

void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id,
                                          void (*callback)(qemu_plugin_id_t id, unsigned vcpu,
                                                           int64_t number, uint64_t a1, uint64_t a2,
                                                           uint64_t a3, uint64_t a4, uint64_t a5,
                                                           uint64_t a6, uint64_t a7, uint64_t a8));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
                                    void (*callback)(qemu_plugin_id_t id, void* data), void* data);
uint64_t qemu_plugin_insn_vaddr(const qemu_plugin_insn* instruction);
}
