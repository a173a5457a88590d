#pragma once
// The packs that journals were made with: each is loaded once, however many journals there are.

#include <map>
#include <memory>
#include <string>

#include "engine/records/journal.h"

namespace shixun {

class PackShelf {
 public:
  // `given`: a pack's folder, file or name to use for every journal; empty: found by the name in the journal.
  explicit PackShelf(std::string given = {}) : given_(std::move(given)) {}

  struct Found {
    std::shared_ptr<const Pack> pack;
    const Exercise* exercise = nullptr;
  };
  // Refused when the pack scores differently from the one the attempt was made with, or another scorer scored it. `where` names the journal
  // in errors; `lay`: where the pack lay when the attempt was made, if that is known.
  Result<Found> get(const JournalHeader& header, const std::string& where, const std::string& lay = {});

 private:
  std::string given_;
  std::map<std::string, std::shared_ptr<const Pack>> loaded_;
};

}  // namespace shixun
