/* SPDX-License-Identifier: Apache-2.0
 *
 * In a folder of its own: programs under test find this header, and none of ours besides.
 */
#include "../../../scenario/hammerlock.h"
