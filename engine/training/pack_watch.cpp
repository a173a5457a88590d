#include "engine/training/pack_watch.h"

#include <fmt/format.h>

#include <algorithm>

namespace shixun {

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{100};

// Sizes and times of a pack's files.
std::string stamp(const fs::path& source) {
  std::error_code ec;
  std::vector<std::string> lines;
  const auto note = [&](const fs::path& file) {
    std::error_code gone;  // a file may go while it is looked at
    lines.push_back(fmt::format("{} {} {}", file.string(), fs::file_size(file, gone), fs::last_write_time(file, gone).time_since_epoch().count()));
  };
  if (fs::is_regular_file(source, ec)) note(source);
  for (fs::recursive_directory_iterator it(source, ec), end; !ec && it != end; it.increment(ec)) {
    std::error_code gone;
    if (it->is_regular_file(gone)) note(it->path());
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace

PackWatch::PackWatch(std::shared_ptr<const Pack> pack) : pack_(std::move(pack)), seen_(stamp(pack_->source)), read_(seen_) {}

std::optional<Reload> PackWatch::take() {
  if (reading_.valid()) {
    if (reading_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return std::nullopt;
    Reload news = reading_.get();
    if (news.pack) pack_ = news.pack;
    return news;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return std::nullopt;
  next_look_ = now + kBetweenLooks;
  std::string files = stamp(pack_->source);
  const bool still = files == seen_;  // an editor may write a file in several goes
  seen_ = std::move(files);
  if (!still || seen_ == read_) return std::nullopt;
  read_ = seen_;
  reading_ = std::async(std::launch::async, [pack = pack_] { return reload(*pack); });
  return std::nullopt;
}

}  // namespace shixun
