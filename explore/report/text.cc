// SPDX-License-Identifier: Apache-2.0
#include "explore/report/text.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "explore/report/words.h"

namespace hammerlock::explore {
namespace {

constexpr size_t kWidth = 118;
constexpr size_t kLines = 36;  // Of the rows.
constexpr size_t kMostColumns = 3;
constexpr size_t kNumber = 6;  // The width of a row's number.

// What a row says: the operation, where, how it stands to others.
struct Cell {
  std::string operation;
  std::string place;
  std::vector<std::string> remarks;
};

class Steps {
 public:
  explicit Steps(const Story& story) : story_(story), told_(story.told()) {
    std::set<int> threads;
    for (int i : told_) threads.insert(story.event(i).thread);
    threads_.assign(threads.begin(), threads.end());
    columns_ = threads_.size() <= kMostColumns ? threads_.size() : 1;
    width_ = columns_ == 0 ? 0 : (kWidth - kNumber - 3 * (columns_ - 1)) / columns_;
    operations_.resize(columns_);
    FindMainFile();
    for (int i : told_) cells_.push_back(CellOf(i));
  }

  std::string Write() {
    if (told_.empty()) return "";
    const std::vector<size_t> shown = Choose();
    std::vector<size_t> widths(columns_, 2);
    std::vector<std::vector<std::string>> lines;
    for (size_t k : shown) {
      const size_t operation = cells_[k].operation.size();
      // One long operation does not push everything aside.
      if (operation <= width_ * 3 / 4) {
        size_t& longest = operations_[ColumnOf(k)];
        longest = std::max(longest, operation);
      }
    }
    for (size_t k : shown) {
      lines.push_back(LinesOf(k));
      for (const std::string& line : lines.back()) {
        widths[ColumnOf(k)] = std::max(widths[ColumnOf(k)], line.size());
      }
    }
    std::string text;
    if (Columned()) {
      std::vector<std::string> titles;
      for (int thread : threads_) titles.push_back(story_.ThreadName(thread));
      for (size_t c = 0; c < columns_; ++c) widths[c] = std::max(widths[c], titles[c].size());
      text = Line("", titles, widths);
    }
    size_t next = 0;
    for (size_t row = 0; row < shown.size(); ++row) {
      AppendGap(shown[row] - next, text);
      next = shown[row] + 1;
      for (size_t l = 0; l < lines[row].size(); ++l) {
        std::vector<std::string> cells(columns_);
        cells[ColumnOf(shown[row])] = lines[row][l];
        const std::string number = l == 0 ? absl::StrCat(story_.row(told_[shown[row]])) : "";
        text += Line(number, cells, widths);
      }
    }
    AppendGap(told_.size() - next, text);
    return absl::StrCat(text, Legend(shown));
  }

 private:
  bool Columned() const { return columns_ == threads_.size(); }

  // The file that most rows are of goes without saying.
  void FindMainFile() {
    std::map<std::string, int> uses;
    for (int i : told_) ++uses[story_.place(i).frame().file];
    uses.erase("");
    for (const auto& [file, count] : uses) {
      if (main_file_.empty() || count > uses[main_file_]) main_file_ = file;
    }
  }

  Cell CellOf(int i) const {
    Cell cell{Operation(story_, i), ShortPlace(story_.event(i), story_.place(i)),
              Remarks(story_, i)};
    const Frame& frame = story_.place(i).frame();
    if (!frame.file.empty() && frame.file == main_file_) cell.place = absl::StrCat(":", frame.line);
    if (!frame.file.empty() && frame.line == 0) cell.place.clear();  // The compiler lost it.
    if (story_.event(i).kind == Event::kCall || story_.event(i).kind == Event::kReturn) {
      cell.place.clear();
    }
    if (!Columned()) {
      const std::string thread = absl::StrCat("thread ", story_.event(i).thread);
      cell.operation = absl::StrCat(
          thread, std::string(thread.size() < 11 ? 11 - thread.size() : 1, ' '), cell.operation);
    }
    return cell;
  }

  size_t ColumnOf(size_t k) const {
    if (!Columned()) return 0;
    const int thread = story_.event(told_[k]).thread;
    return std::find(threads_.begin(), threads_.end(), thread) - threads_.begin();
  }

  std::vector<std::string> LinesOf(size_t k) const {
    const Cell& cell = cells_[k];
    const size_t operations = operations_[ColumnOf(k)];
    std::vector<std::string> lines = {cell.operation};
    std::vector<std::string> pieces = cell.remarks;
    if (!cell.place.empty()) {
      lines[0].resize(std::max(operations, lines[0].size()), ' ');
      pieces.insert(pieces.begin(), cell.place);
    }
    for (const std::string& piece : pieces) {
      std::string& line = lines.back();
      if (line.size() + 2 + piece.size() <= width_) {
        absl::StrAppend(&line, "  ", piece);
      } else {
        lines.push_back(absl::StrCat("    ", piece));
      }
    }
    for (std::string& line : lines) {
      line.erase(line.find_last_not_of(' ') + 1);
      if (line.size() > width_) line = absl::StrCat(line.substr(0, width_ - 2), "..");
    }
    return lines;
  }

  // Places in told_: the end, what it refers to, the beginning.
  std::vector<size_t> Choose() const {
    std::set<size_t> shown;
    size_t used = 0;
    // A row, and the gap that it may leave before it.
    const auto add = [&](size_t k, size_t limit, size_t gap) {
      if (shown.count(k) != 0) return true;
      const size_t lines = LinesOf(k).size() + gap;
      if (used + lines > limit) return false;
      used += lines;
      shown.insert(k);
      return true;
    };
    const size_t n = told_.size();
    for (size_t k = n; k > 0 && add(k - 1, kLines, 0);) --k;
    if (shown.size() == n) return {shown.begin(), shown.end()};
    // It is too long: less of the end, so that there is room for the rest.
    shown.clear();
    used = 2;  // The gaps after the beginning and before the end.
    const auto add_event = [&](int event) {
      if (event >= 0 && story_.row(event) != 0) add(story_.row(event) - 1, kLines * 4 / 5, 1);
    };
    add_event(story_.failure().other);
    add_event(story_.failure().freed);
    for (size_t k = n; k > 0 && add(k - 1, kLines * 3 / 5, 0);) --k;
    for (size_t tail : std::vector<size_t>(shown.rbegin(), shown.rend())) {
      const Meaning& meaning = story_.meaning(told_[tail]);
      add_event(meaning.reads);
      for (int event : meaning.newer) add_event(event);
      for (int event : meaning.synchronises) add_event(event);
    }
    for (size_t k = 0; k < n && add(k, kLines, 0);) ++k;
    return {shown.begin(), shown.end()};
  }

  static std::string Line(std::string_view number, const std::vector<std::string>& cells,
                          const std::vector<size_t>& widths) {
    std::string line = absl::StrCat(
        std::string(kNumber - 2 - std::min(kNumber - 2, number.size()), ' '), number, "  ");
    for (size_t c = 0; c < cells.size(); ++c) {
      absl::StrAppend(&line, c == 0 ? "" : " | ", cells[c],
                      std::string(widths[c] - std::min(widths[c], cells[c].size()), ' '));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return absl::StrCat(line, "\n");
  }

  static void AppendGap(size_t rows, std::string& text) {
    if (rows == 0) return;
    absl::StrAppend(&text, std::string(kNumber, ' '), "... ", rows, rows == 1 ? " step" : " steps",
                    " left out ...\n");
  }

  // What the names that are letters stand for, and the file that goes without saying.
  std::string Legend(const std::vector<size_t>& shown) const {
    std::vector<std::string> entries;
    if (!main_file_.empty()) entries.push_back(absl::StrCat(":N is ", main_file_, ":N"));
    std::set<uintptr_t> told;
    for (size_t k : shown) {
      const Event& e = story_.event(told_[k]);
      if (!IsPlain(e) && !IsAtomic(e)) continue;
      if (!story_.locations().IsLetter(e.address) || !told.insert(e.address).second) continue;
      entries.push_back(
          absl::StrCat(story_.locations().NameOf(e.address), " = ", AddressText(e.address)));
    }
    std::string text, line = std::string(kNumber - 2, ' ');
    for (const std::string& entry : entries) {
      if (line.size() + 2 + entry.size() > kWidth) {
        absl::StrAppend(&text, line, "\n");
        line = std::string(kNumber - 2, ' ');
      }
      absl::StrAppend(&line, "  ", entry);
    }
    return entries.empty() ? text : absl::StrCat(text, line, "\n");
  }

  const Story& story_;
  const std::vector<int>& told_;
  std::vector<int> threads_;
  size_t columns_ = 0;
  size_t width_ = 0;                // The most that a column may have.
  std::vector<size_t> operations_;  // The width of operations in each column.
  std::vector<Cell> cells_;         // Of told_.
  std::string main_file_;
};

}  // namespace

std::string StepsText(const Story& story) { return Steps(story).Write(); }

}  // namespace hammerlock::explore
