# SPDX-License-Identifier: Apache-2.0
"""Tests of `tools/hammerlock bench`: the arithmetic and the names, not the speed."""

import unittest

import bench
from outcome import Refused


def entry(name, time, run_type="iteration"):
    return {"name": name, "real_time": time, "run_type": run_type}


class Ratios(unittest.TestCase):

    def test_each_of_ours_beside_each_peer_of_its_group(self):
        text = bench.ratios([
            entry("BM_Lock<SpinLock>/real_time/threads:2", 10),
            entry("BM_Lock<Mutex>/real_time/threads:2", 30),
            entry("BM_Lock<std::mutex>/real_time/threads:2", 20),
            entry("BM_Lock<AbslMutex>/real_time/threads:2", 40),
            entry("BM_Lock<std::mutex>/real_time/threads:1", 5),
            entry("BM_Queue<Ring>/threads:2", 7),
        ])
        rows = [line.split() for line in text.splitlines()]
        self.assertEqual(rows[0], ["Lock,", "2", "threads"])
        self.assertIn(["SpinLock", "10.0", "0.50", "0.25"], rows)
        self.assertIn(["Mutex", "30.0", "1.50", "0.75"], rows)
        # A group without a peer, or without ours, has no ratio.
        self.assertNotIn("Ring", text)
        self.assertNotIn("1 thread\n", text)

    def test_aggregates_are_not_counted_twice(self):
        text = bench.ratios([
            entry("BM_Lock<A>/threads:1", 10),
            entry("BM_Lock<A>/threads:1", 99, "aggregate"),
            entry("BM_Lock<std::mutex>/threads:1", 10),
        ])
        self.assertIn("1.00", text)

    def test_a_template_name_may_hold_angle_brackets(self):
        text = bench.ratios([
            entry("BM_Barrier<Barrier<>>/real_time/threads:2", 30),
            entry("BM_Barrier<std::barrier<>>/real_time/threads:2", 10),
        ])
        self.assertIn("3.00", text)

    def test_nothing_to_compare_is_told(self):
        with self.assertRaises(Refused):
            bench.ratios([])


if __name__ == "__main__":
    unittest.main()
