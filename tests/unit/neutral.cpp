// The engine knows mechanisms, not trades: a wheel, a conveyor or a hotel is a pack's word. This reads every source of engine/, takes comments
// out, splits identifiers at '_' and capitals, and fails on any noun of a trade in code or in the texts a person reads. Words for mechanisms
// (fastener, wrench, network, dialogue, meter, padlock, lift, hub) are the engine's own.

#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <set>
#include <string>

#include "engine/base/file.h"

using namespace shixun;

namespace {

// Each also in its plural with s.
const std::set<std::string, std::less<>> kNouns = {
    // vehicles
    "wheel", "tyre", "tire", "car", "vehicle", "automobile", "truck", "brake", "jack", "axle", "nut", "bolt", "lug", "gearbox", "clutch", "suspension", "tread", "garage", "odometer", "headlight", "bumper", "windscreen",
    // production
    "conveyor", "pallet", "robot", "gripper", "lathe", "mill", "spindle", "workpiece", "welder", "welding", "forklift", "factory",
    // hospitality
    "hotel", "guest", "passport", "lobby", "receptionist", "banquet", "napkin", "cutlery", "duvet", "mattress", "luggage", "waiter", "housekeeping", "checkin", "keycard", "tourist",
    // care, building, kitchen
    "patient", "nurse", "syringe", "ward", "brick", "mortar", "plaster", "kitchen", "chef"};
// Two words that mean a trade only together.
const std::set<std::pair<std::string, std::string>> kPairs = {{"check", "in"}, {"room", "key"}, {"key", "card"}, {"front", "desk"}, {"spare", "part"}};
constexpr std::array kChinese = {"车轮", "轮胎", "轮毂", "螺母", "螺栓", "千斤顶", "备胎", "汽车", "溜车", "刹车", "输送线", "输送带", "托盘", "机器人", "酒店", "客人", "宾客", "旅客", "护照", "房卡", "入住", "前台", "餐巾"};

std::string without_comments(const std::string& code) {
  std::string out;
  enum { kCode, kString, kChar, kLine, kBlock, kRaw } in = kCode;
  std::string raw_end;
  for (size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    const auto next = i + 1 < code.size() ? code[i + 1] : '\0';
    switch (in) {
      case kCode:
        if (c == '/' && next == '/') in = kLine;
        else if (c == '/' && next == '*') in = kBlock;
        else if (c == '"' && i > 0 && code[i - 1] == 'R') {
          in = kRaw;
          raw_end = ")" + code.substr(i + 1, code.find('(', i) - i - 1) + "\"";
        } else if (c == '"') in = kString;
        else if (c == '\'' && !(i > 0 && std::isdigit(static_cast<unsigned char>(code[i - 1])))) in = kChar;
        if (in != kLine && in != kBlock) out += c;
        break;
      case kString:
      case kChar:
        out += c;
        if (c == '\\') out += code[++i];
        else if (c == (in == kString ? '"' : '\'')) in = kCode;
        break;
      case kRaw:
        out += c;
        if (code.compare(i + 1 - std::min(i + 1, raw_end.size()), raw_end.size(), raw_end) == 0) in = kCode;
        break;
      case kLine:
        if (c == '\n') in = kCode, out += c;
        break;
      case kBlock:
        if (c == '\n') out += c;
        if (c == '*' && next == '/') in = kCode, ++i;
        break;
    }
  }
  return out;
}

bool is_noun(std::string_view word) { return kNouns.contains(word) || (word.ends_with('s') && kNouns.contains(word.substr(0, word.size() - 1))); }

// "line: word" for every trade noun.
std::vector<std::string> nouns_in(const std::string& source) {
  const std::string code = without_comments(source);
  std::vector<std::string> found;
  std::string word, before;
  size_t before_end = 0;
  int line = 1;
  const auto end_word = [&](size_t at) {
    if (word.empty()) return;
    const bool of_pointer = word == "wheel" && before == "mouse" && at - word.size() <= before_end + 1;  // as the library of the screens calls it
    if (is_noun(word) && !of_pointer) found.push_back(std::to_string(line) + ": " + word);
    if (at - word.size() <= before_end + 1 && kPairs.contains({before, word})) found.push_back(std::to_string(line) + ": " + before + " " + word);
    before = word;
    before_end = at;
    word.clear();
  };
  for (size_t i = 0; i < code.size(); ++i) {
    const auto c = static_cast<unsigned char>(code[i]);
    if (!std::isalpha(c) || (std::isupper(c) && !word.empty() && (std::islower(static_cast<unsigned char>(code[i - 1])) || (i + 1 < code.size() && std::islower(static_cast<unsigned char>(code[i + 1])))))) end_word(i);
    if (std::isalpha(c)) word += static_cast<char>(std::tolower(c));
    for (const char* chinese : kChinese)
      if (code.compare(i, std::string_view(chinese).size(), chinese) == 0) found.push_back(std::to_string(line) + ": " + chinese);
    if (c == '\n') ++line;
  }
  end_word(code.size());
  return found;
}

}  // namespace

TEST(Neutral, TheSearchFindsATradeInNamesAndTexts) {
  EXPECT_EQ(nouns_in("int front_wheel = 0;"), (std::vector<std::string>{"1: wheel"}));
  EXPECT_EQ(nouns_in("\n\nstruct GuestRoom { int a; };"), (std::vector<std::string>{"3: guest"}));
  EXPECT_EQ(nouns_in("say(\"the conveyors stop\");"), (std::vector<std::string>{"1: conveyors"}));
  EXPECT_EQ(nouns_in("say(\"a check-in\"); int kRoomKey;"), (std::vector<std::string>{"1: check in", "1: room key"}));
  EXPECT_EQ(nouns_in("\"拧紧车轮\""), (std::vector<std::string>{"1: 车轮"}));
  EXPECT_EQ(nouns_in("const char* s = R\"(a tyre // in a text)\"; // a tyre in a comment"), (std::vector<std::string>{"1: tyre"}));
  EXPECT_TRUE(nouns_in("int cardinal, nutrition, checkinside; // wheel\n/* tyre */ auto p = std::make_pair(1'000, '\"');").empty());
}

TEST(Neutral, NothingAboutATradeInTheEngine) {
  size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SHIXUN_SOURCE_DIR) / "engine")) {
    const fs::path& file = entry.path();
    if (file.extension() != ".cpp" && file.extension() != ".h") continue;
    ++files;
    const auto source = read_file(file);
    ASSERT_TRUE(source);
    for (const std::string& noun : nouns_in(*source)) ADD_FAILURE() << fs::relative(file, SHIXUN_SOURCE_DIR).string() << ":" << noun;
  }
  EXPECT_GT(files, 150u);
}
