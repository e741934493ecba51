// SPDX-License-Identifier: Apache-2.0
//
// A recorded execution with all that is known of it: what its reports are written from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explore/report/locations.h"
#include "explore/report/order.h"
#include "explore/report/places.h"
#include "explore/report/source.h"
#include "explore/report/symbolizer.h"
#include "explore/runtime/event.h"

namespace hammerlock::explore {

class Story {
 public:
  // `names` are the threads', empty where they have none.
  Story(std::vector<Event> events, std::vector<std::string> names, const Symbolizer& symbolizer);
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  const std::vector<Event>& events() const { return events_; }
  const Event& event(int i) const { return events_[i]; }
  const Place& place(int i) const { return places_[i]; }
  const Meaning& meaning(int i) const { return meanings_[i]; }
  const Failure& failure() const { return failure_; }
  const Locations& locations() const { return *locations_; }

  // "thread 1", "thread 1 (worker)".
  std::string ThreadName(int thread) const;
  // The line of source an event stands in; empty if it is not to be had.
  std::string SourceLine(const Frame& frame) const { return source_.Line(frame); }

  // The row of the text that an event has, from 1; 0: it is not worth one.
  int row(int i) const { return rows_[i]; }
  // The events that have rows.
  const std::vector<int>& told() const { return told_; }
  // How often what the row says was done, one time after the other: loads in a loop.
  int times(int row) const { return times_[row - 1]; }

 private:
  void ChooseTold();

  const std::vector<Event> events_;
  const std::vector<std::string> names_;
  const Symbols symbols_;
  const std::vector<Place> places_;
  const std::vector<Meaning> meanings_;
  const Failure failure_;
  std::vector<int> rows_;
  std::vector<int> told_;
  std::vector<int> times_;  // Of told_.
  mutable Source source_;
  std::optional<Locations> locations_;
};

}  // namespace hammerlock::explore
