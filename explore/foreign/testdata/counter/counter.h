/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COUNTER_H_
#define COUNTER_H_

void counter_add(int n);
int counter_value(void);
const char* counter_name(void);
void counter_rename(const char* name);

#endif
