#include "engine/records/cmi5_course.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/records/page.h"

namespace shixun {

namespace {

std::string in_both(const char* element, const Text& t, const char* indent) {
  return fmt::format("{0}<{1}>\n{0}  <langstring lang=\"zh-CN\">{2}</langstring>\n{0}  <langstring lang=\"en-US\">{3}</langstring>\n{0}</{1}>\n", indent, element, esc(t.zh), esc(t.en));
}

}  // namespace

Result<std::string> cmi5_course(const std::vector<const Pack*>& packs, const Text& title, const CourseWish& wish) {
  const bool web = (wish.id.starts_with("https://") || wish.id.starts_with("http://") || wish.id.starts_with("urn:")) && wish.id.size() <= 500 &&
                   std::all_of(wish.id.begin(), wish.id.end(), [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '<' && c != '>' && c != '\\'; });
  if (!web || wish.id.ends_with('/')) return Error{Code::kUsage, "--id", "'" + wish.id.substr(0, 100) + "' cannot name a course", "An address of the school's own without a slash at the end, such as https://school.example/courses/auto-repair"};
  std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<courseStructure xmlns=\"https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd\">\n";
  out += fmt::format("  <course id=\"{}\">\n{}{}  </course>\n", esc(wish.id), in_both("title", title, "    "), in_both("description", title, "    "));
  for (const Pack* pack : packs) {
    for (const Exercise& e : pack->exercises) {
      for (const Mode mode : wish.modes) {
        const ModeRules& rules = rules_of(mode);
        if (rules.plays_expert || rules.counts == Counts::kNothing) return Error{Code::kUsage, "--mode", std::string("nothing in the mode ") + mode_name(mode) + " counts for an LMS", "Such as assessment or practice"};
        const bool judged = rules.shown == MarksShown::kReleased || rules.shown == MarksShown::kJudges;
        const Text name = pack->text(e.title), what = mode_title(mode);
        out += fmt::format("  <au id=\"{}/{}/{}\" moveOn=\"{}\" launchMethod=\"OwnWindow\">\n", esc(wish.id), e.id, mode_name(mode), judged ? "Passed" : "Completed");
        out += in_both("title", {name.zh + "（" + what.zh + "）", name.en + " (" + what.en + ")"}, "    ") + in_both("description", pack->text(e.brief), "    ");
        out += fmt::format("    <url>shixun://launch</url>\n    <launchParameters>{}/{} {}</launchParameters>\n  </au>\n", pack->id, e.id, mode_name(mode));
      }
    }
  }
  return out + "</courseStructure>\n";
}

}  // namespace shixun
