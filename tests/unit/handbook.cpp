// The handbook page: everything a person needs stands on it, in one language, and comes from the pack.

#include "engine/records/handbook.h"

#include "engine/base/hash.h"
#include "engine/records/page.h"
#include "tests/unit/wheel_fixture.h"

using namespace shixun;

TEST(Handbook, EveryPacksPageHoldsItsStepsLimitsSourcesFormAndWords) {
  for (const char* name : {"auto-repair", "smart-manufacturing", "tourism-service"}) {
    const auto pack = pack_of(fs::path(SHIXUN_SOURCE_DIR) / "scenarios" / name);
    ASSERT_TRUE(pack);
    const Exercise& e = pack->exercises.front();
    for (const Lang lang : {Lang::kZh, Lang::kEn}) {
      SCOPED_TRACE(std::string(name) + " " + lang_tag(lang));
      const std::string html = handbook_html(*pack, e, {lang});
      const auto has = [&](const std::string& words) { EXPECT_NE(html.find(words), std::string::npos) << words; };
      const auto in = [&](const std::string& key) { return esc(pack->text(key).in(lang)); };
      has(in(e.brief));
      for (const Step& s : e.steps) has(in(s.title)), has(in(s.hint));
      for (const Aspect& a : e.aspects) has(in(a.title));
      for (const Field& f : e.sheet) {
        has(in(f.name));
        for (const std::string& c : f.choices) has("☐ " + in(f.name + "." + c));
      }
      size_t terms = 0;
      for (const auto& [key, text] : pack->strings)
        if (key.starts_with("glossary.")) has("<td>" + esc(text.en) + "</td>"), ++terms;
      EXPECT_GE(terms, 20u);
      for (const auto& [entry, d] : pack->data) {
        has(esc(d.source));
        has(in("data." + entry));
        EXPECT_TRUE(pack->strings.contains("data." + entry)) << "data." << entry << " has no name for people";
      }
      EXPECT_EQ(html.find("$data"), std::string::npos);
      EXPECT_EQ(html.find("$truth"), std::string::npos);
    }
  }
}

TEST(Handbook, ALimitStandsBesideWhereItComesFrom) {
  const std::string html = handbook_html(*wheel_pack(), wheel_change(), {Lang::kEn});
  const size_t row = html.find(esc(wheel_pack()->text("step.torque_1").en));
  ASSERT_NE(row, std::string::npos);
  const std::string cells = html.substr(row, html.find("</tr>", row) - row);
  EXPECT_NE(cells.find("45.0 N·m – 55.0 N·m"), std::string::npos) << cells;
  EXPECT_NE(cells.find(esc(wheel_pack()->data.at("wheel_nut_first_pass").source)), std::string::npos) << cells;
}

TEST(Handbook, WhatIsDrawnForAnAttemptIsNotGivenAway) {
  // No page may tell one attempt's truth: the same page whatever is drawn, and the rubric speaks of what is so.
  const std::string html = handbook_html(*wheel_pack(), wheel_change(), {Lang::kEn});
  EXPECT_NE(html.find("what is so ± 0.2 mm"), std::string::npos);
}

TEST(Handbook, WordsOfAPackAreNotTrusted) {
  const fs::path dir = fs::temp_directory_path() / ("shixun-handbook-" + uuid_v4());
  fs::copy(shipped_pack_dir(), dir, fs::copy_options::recursive);
  std::string en = *read_file(dir / "strings/en.yaml");
  const size_t at = en.find("wheel_change.title: \"");
  ASSERT_NE(at, std::string::npos);
  en.insert(at + std::string_view("wheel_change.title: \"").size(), "<script>alert(1)</script>");
  ASSERT_TRUE(write_file(dir / "strings/en.yaml", en));
  const auto pack = pack_of(dir);
  ASSERT_TRUE(pack);
  const std::string html = handbook_html(*pack, pack->exercises.front(), {Lang::kEn});
  EXPECT_EQ(html.find("<script>"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  fs::remove_all(dir);
}
