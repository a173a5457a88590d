#include "engine/training/yaml.h"

#include <gtest/gtest.h>

using namespace shixun;

TEST(Yaml, EveryNodeKnowsItsPlace) {
  auto y = parse_yaml("a: 1\nb:\n  - x\n  - {c: \"y z\"}\n", "t.yaml");
  ASSERT_TRUE(y);
  const Yaml* b = y->find("b");
  ASSERT_TRUE(b);
  EXPECT_EQ(b->key_line, 2);
  ASSERT_EQ(b->list.size(), 2u);
  EXPECT_EQ(b->list[1].find("c")->scalar, "y z");
  EXPECT_EQ(b->list[1].line, 4);
}

TEST(Yaml, WhatIsNotInTheSubsetIsRefusedWithItsPlace) {
  struct Case { std::string text; const char* place; const char* what; };
  std::string deep;
  for (int i = 0; i < 60; ++i) deep = "[" + deep + "]";
  for (const Case& c : {Case{"a: &x 1\nb: *x\n", "t.yaml:1", "anchors"}, {"a: !!int 1\n", "t.yaml:1", "tags"}, {"a: 1\na: 2\n", "t.yaml:2:1", "twice"}, {"a: [1, 2\n", "t.yaml:2", "bad YAML"},
                        {deep, "t.yaml:1", "nested deeper"}, {"---\na: 1\n---\nb: 2\n", "t.yaml:1:1", "more than one"}, {std::string("a: \xff\xfe\n"), "t.yaml:1", "UTF-8"},
                        {"", "t.yaml:1:1", "empty"}, {"? [a]\n: b\n", "t.yaml:1", "plain text"}}) {
    auto y = parse_yaml(c.text, "t.yaml");
    ASSERT_FALSE(y) << c.text;
    EXPECT_TRUE(y.error().where.starts_with(c.place)) << y.error().text();
    EXPECT_NE(y.error().what.find(c.what), std::string::npos) << y.error().text();
  }
}

TEST(Yaml, ControlCharactersAreNotSmuggledInAsEscapes) {
  for (const char* text : {R"(a: "x\0y")", R"(a: "x\x1b[31m")", R"("k\x07": 1)"}) EXPECT_FALSE(parse_yaml(text, "t.yaml")) << text;
  EXPECT_TRUE(parse_yaml(R"(a: "two\nlines")", "t.yaml"));
}

TEST(Yaml, AFileHasNoMoreValuesThanReadersCanBear) {
  std::string list = "a:\n", map = "a:\n", nested;
  for (int i = 0; i < 5001; ++i) {
    list += "- x\n";
    map += "  k" + std::to_string(i) + ": 1\n";
  }
  for (int i = 0; i < 4100; ++i) nested += "k" + std::to_string(i) + ": [1, 2, 3, 4]\n";
  for (const auto& [text, what] : {std::pair{list, "5000 entries"}, {map, "5000 entries"}, {nested, "20000 values"}}) {
    auto y = parse_yaml(text, "t.yaml");
    ASSERT_FALSE(y) << what;
    EXPECT_NE(y.error().what.find(what), std::string::npos) << y.error().text();
  }
}

TEST(Yaml, WindowsLineEndsAndAByteOrderMarkAreFine) {
  auto y = parse_yaml("\xef\xbb\xbf" "a: 1\r\nb: two\r\n", "t.yaml");
  ASSERT_TRUE(y) << y.error().text();
  EXPECT_EQ(y->find("b")->scalar, "two");
}
