#include "engine/training/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "engine/training/pack.h"

namespace shixun {

namespace {

using Op = Expression::Op;
using Wide = __int128;

// What is not an argument of an event, but asked for like one. No argument's name begins so.
constexpr std::string_view kObjectKey = "@object", kToolKey = "@tool", kTimeKey = "@time";

// ---------------------------------------------------------------- values
// A fraction num / den in lowest terms, den > 0; or a truth value or a word, with den 1. den 0: no value.
struct Cell {
  int64_t num = 0, den = 0;
  std::string_view word;
  bool known() const { return den != 0; }
};

constexpr Cell whole(int64_t n) { return {n, 1, {}}; }
constexpr Cell truth(bool b) { return {b ? 1 : 0, 1, {}}; }

Cell fraction(Wide num, Wide den) {
  if (den == 0) return {};
  if (den < 0) num = -num, den = -den;
  if (den != 1) {
    Wide a = num < 0 ? -num : num, b = den;
    while (b != 0) {
      const Wide rest = a % b;
      a = b;
      b = rest;
    }
    num /= a;
    den /= a;
  }
  if (num > INT64_MAX || num < -INT64_MAX || den > INT64_MAX) return {};
  return {static_cast<int64_t>(num), static_cast<int64_t>(den), {}};
}

// Neither side passes 2^126, so sums of two stay within 127 bits.
Wide times(int64_t a, int64_t b) { return static_cast<Wide>(a) * b; }

int compare(const Cell& a, const Cell& b) {
  const Wide l = times(a.num, b.den), r = times(b.num, a.den);
  return l < r ? -1 : l > r ? 1 : 0;
}

Cell argument(const Event& e, std::string_view key, bool is_text) {
  if (key == kTimeKey) return is_text ? Cell{} : whole(e.t_ms);
  if (key == kObjectKey || key == kToolKey) return is_text ? Cell{0, 1, key == kToolKey ? e.tool : e.o} : Cell{};
  const Arg* a = e.find(key);
  if (!a || a->is_text != is_text) return {};
  return is_text ? Cell{0, 1, a->text} : whole(a->number);
}

Cell binary(Op op, const Cell& a, const Cell& b) {
  switch (op) {
    case Op::kAnd: return truth(a.num != 0 && b.num != 0);
    case Op::kOr: return truth(a.num != 0 || b.num != 0);
    default: break;
  }
  const bool known = a.known() && b.known();
  switch (op) {
    case Op::kSameWord: return truth(known && a.word == b.word);
    case Op::kOtherWord: return truth(known && a.word != b.word);
    case Op::kEqual: return truth(known && compare(a, b) == 0);
    case Op::kNotEqual: return truth(known && compare(a, b) != 0);
    case Op::kLess: return truth(known && compare(a, b) < 0);
    case Op::kLessEqual: return truth(known && compare(a, b) <= 0);
    case Op::kGreater: return truth(known && compare(a, b) > 0);
    case Op::kGreaterEqual: return truth(known && compare(a, b) >= 0);
    default: break;
  }
  if (!known) return {};
  switch (op) {
    case Op::kAdd: return fraction(times(a.num, b.den) + times(b.num, a.den), times(a.den, b.den));
    case Op::kSubtract: return fraction(times(a.num, b.den) - times(b.num, a.den), times(a.den, b.den));
    case Op::kMultiply: return fraction(times(a.num, b.num), times(a.den, b.den));
    case Op::kDivide: return fraction(times(a.num, b.den), times(a.den, b.num));
    case Op::kMin: return compare(a, b) <= 0 ? a : b;
    case Op::kMax: return compare(a, b) >= 0 ? a : b;
    default: return {};
  }
}

// ---------------------------------------------------------------- reading
enum class Kind { kUnknown, kCondition, kNumber, kWord };  // unknown: already complained about

struct Typed {
  Kind kind = Kind::kUnknown;
  Unit unit = Unit::kCount;
  size_t at = 0;                                         // where it begins
  std::string literal;                                   // of a written word
  std::optional<std::vector<std::string>> possible;      // of a word: what it may be; nothing when anything
  std::string name;                                      // what it is called, for messages
};

struct Token {
  enum class Kind { kEnd, kNumber, kName, kWord, kSign } kind = Kind::kEnd;
  std::string_view text;  // of a word: without its quotes
  size_t at = 0;
  Quantity quantity;
};

struct GiveUp {};  // the sentence cannot be read any further; caught where reading began

bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == '$'; }
bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reader {
 public:
  Reader(std::string_view text, const ExpressionScope& scope, std::vector<ExpressionProblem>& problems) : text_(text), scope_(scope), problems_(problems) {}

  std::optional<Expression> run() {
    const size_t before = problems_.size();
    try {
      if (text_.size() > kMaxExpressionBytes) give_up(0, fmt::format("a condition may have {} characters at most", kMaxExpressionBytes), "Give its parts names: moments of their own");
      advance();
      if (token_.kind == Token::Kind::kEnd) give_up(0, "the condition is empty");
      const Typed all = either();
      if (token_.kind != Token::Kind::kEnd) unexpected("the end");
      want_condition(all);
      if (problems_.size() == before && stack_ > static_cast<int>(kMaxExpressionStack)) complain(0, "the condition nests too deep", "Give its parts names: moments of their own");
    } catch (const GiveUp&) {
    }
    if (problems_.size() > before) return std::nullopt;
    out_.text = text_;
    return std::move(out_);
  }

 private:
  void complain(size_t at, std::string what, std::string hint = {}) { problems_.push_back({at, std::move(what), std::move(hint)}); }
  [[noreturn]] void give_up(size_t at, std::string what, std::string hint = {}) {
    complain(at, std::move(what), std::move(hint));
    throw GiveUp{};
  }
  [[noreturn]] void unexpected(const char* wanted) {
    const std::string found = token_.kind == Token::Kind::kEnd ? "the condition ends here" : "'" + std::string(token_.text.substr(0, 40)) + "' cannot stand here";
    give_up(token_.at, fmt::format("{}; expected {}", found, wanted));
  }

  // ------------------------------------------------------------ tokens
  void advance() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
    token_ = {Token::Kind::kEnd, {}, at_, {}};
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    const auto take = [&](Token::Kind kind, size_t length) {
      token_.kind = kind;
      token_.text = text_.substr(at_, length);
      at_ += length;
    };
    if (is_digit(c)) return number();
    if (begins_name(c)) {
      size_t end = at_ + 1;
      // A dot belongs to a name when a name goes on behind it; two are a range.
      while (end < text_.size() && (in_name(text_[end]) || (text_[end] == '.' && end + 1 < text_.size() && in_name(text_[end + 1])))) ++end;
      return take(Token::Kind::kName, end - at_);
    }
    if (c == '\'') {
      const size_t end = text_.find('\'', at_ + 1);
      if (end == std::string_view::npos) give_up(at_, "the word is not closed", "Put a ' at its end");
      if (end == at_ + 1) give_up(at_, "the word is empty");
      token_.kind = Token::Kind::kWord;
      token_.text = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return;
    }
    for (const std::string_view two : {"==", "!=", "<=", ">=", ".."}) {
      if (text_.substr(at_).starts_with(two)) return take(Token::Kind::kSign, 2);
    }
    if (std::string_view("<>+-*/(),").find(c) != std::string_view::npos) return take(Token::Kind::kSign, 1);
    size_t length = 1;
    while (at_ + length < text_.size() && (static_cast<unsigned char>(text_[at_ + length]) & 0xC0) == 0x80) ++length;
    const char* hint = c == '=' ? "Write == to compare" : c == '&' || c == '|' || c == '!' ? "Write and, or, not" : c == '"' ? "Put words in 'single quotes'" : c == '?' ? "Use and, or" : "";
    give_up(at_, fmt::format("'{}' means nothing in a condition", text_.substr(at_, length)), hint);
  }

  void number() {
    size_t end = at_;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
      ++end;
      while (end < text_.size() && is_digit(text_[end])) ++end;
    }
    size_t unit = end;
    while (unit < text_.size() && text_[unit] == ' ') ++unit;
    if (const std::string_view name = leading_unit(text_.substr(unit)); !name.empty()) end = unit + name.size();
    token_.kind = Token::Kind::kNumber;
    token_.text = text_.substr(at_, end - at_);
    at_ = end;
    auto q = parse_quantity(token_.text);
    if (!q) complain(token_.at, q.error().what, q.error().hint);
    else token_.quantity = *q;
  }

  bool sees(std::string_view s) const { return (token_.kind == Token::Kind::kSign || token_.kind == Token::Kind::kName) && token_.text == s; }
  bool accept(std::string_view s) {
    if (!sees(s)) return false;
    advance();
    return true;
  }
  void need(std::string_view s) {
    if (!accept(s)) unexpected(fmt::format("'{}'", s).c_str());
  }

  // ------------------------------------------------------------ what is done
  void emit(Op op, int index = 0, int64_t number = 0) {
    if (out_.nodes.size() == kMaxExpressionNodes) give_up(token_.at, fmt::format("the condition has more than {} parts", kMaxExpressionNodes), "Give its parts names: moments of their own");
    out_.nodes.push_back({op, index, number});
    if (op <= Op::kSince) stack_ = std::max(stack_, ++height_);
    else if (op == Op::kIn) height_ -= 2;
    else if (op > Op::kNot) --height_;
  }
  int word(std::string_view s) {
    out_.words.emplace_back(s);
    return static_cast<int>(out_.words.size()) - 1;
  }

  // One level deeper, for as long as it lives.
  struct Level {
    explicit Level(Reader& reader) : r(reader) {
      if (++r.depth_ > kMaxExpressionDepth) r.give_up(r.token_.at, fmt::format("nested deeper than {} levels", kMaxExpressionDepth), "Give its parts names: moments of their own");
    }
    ~Level() { --r.depth_; }
    Level(const Level&) = delete;
    Reader& r;
  };

  // ------------------------------------------------------------ what fits what
  static const char* kind_name(const Typed& t) { return t.kind == Kind::kCondition ? "a condition" : t.kind == Kind::kWord ? "a word" : ""; }
  static std::string describe(const Typed& t) {
    if (t.kind != Kind::kNumber) return kind_name(t);
    const std::string kind = unit_kind(t.unit);
    return (kind == "angle" ? "an " : "a ") + kind;
  }
  void unknown_word(const Typed& t) {
    std::string known;
    for (const ArgName& a : scope_.moment ? scope_.arguments : std::span<const ArgName>{}) known += known.empty() ? a.name : std::string(", ") + a.name;
    if (scope_.signal) return complain(t.at, fmt::format("'{}' is no signal of this scene", t.literal), "Name a lever, connector, socket, machine, model or signal that scene.yaml declares");
    complain(t.at, fmt::format("'{}' is not a number here", t.literal), scope_.moment ? "An event may say: " + known + ", object, tool, time" : "There is no event here; ask with happened, count, since or last");
  }
  bool want_number(const Typed& t) {
    if (t.kind == Kind::kNumber) return true;
    if (t.kind == Kind::kWord && !t.literal.empty()) unknown_word(t);
    else if (t.kind != Kind::kUnknown) complain(t.at, fmt::format("{} cannot be counted with; expected a number", describe(t)));
    return false;
  }
  bool want_condition(const Typed& t) {
    if (t.kind == Kind::kCondition) return true;
    if (t.kind == Kind::kUnknown) return false;
    if (t.kind == Kind::kWord && !t.literal.empty()) complain(t.at, fmt::format("'{}' is not a condition", t.literal), "Compare it with something, or ask happened(" + t.literal + ")");
    else complain(t.at, fmt::format("{} is not a condition", describe(t)), "Compare it with something");
    return false;
  }
  bool want_like(const Typed& a, const Typed& b, const char* act) {
    const bool first = want_number(a), second = want_number(b), numbers = first && second;
    if (numbers && a.unit != b.unit) {
      const bool plain = b.unit == Unit::kCount || a.unit == Unit::kCount;
      complain(b.at, fmt::format("{} cannot be {} {}", describe(a), act, describe(b)), plain ? "Write the unit: \"0 mm\", \"60 V\", \"50 %\"" : "");
    }
    return numbers && a.unit == b.unit;
  }
  // A written word must be one that the other side can be.
  void want_possible(const Typed& literal, const Typed& other) {
    if (literal.literal.empty() || !other.possible) return;
    const auto& list = *other.possible;
    if (std::find(list.begin(), list.end(), literal.literal) != list.end()) return;
    std::string known;
    for (size_t i = 0; i < list.size() && i < 12; ++i) known += (i ? ", " : "") + list[i];
    if (list.size() > 12) known += ", ...";
    complain(literal.at, fmt::format("'{}' is nothing that {} can be", literal.literal, other.name), list.empty() ? "" : "It can be: " + known);
  }

  // ------------------------------------------------------------ the grammar
  Typed either() {
    Typed a = both();
    while (sees("or")) {
      advance();
      const Typed b = both();
      want_condition(a);
      want_condition(b);
      emit(Op::kOr);
      a = condition(a.at);
    }
    return a;
  }

  Typed both() {
    Typed a = negated();
    while (sees("and")) {
      advance();
      const Typed b = negated();
      want_condition(a);
      want_condition(b);
      emit(Op::kAnd);
      a = condition(a.at);
    }
    return a;
  }

  Typed negated() {
    if (!sees("not")) return comparison();
    const size_t at = token_.at;
    const Level level(*this);
    advance();
    want_condition(negated());
    emit(Op::kNot);
    return condition(at);
  }

  Typed condition(size_t at) {
    Typed t;
    t.kind = Kind::kCondition;
    t.at = at;
    return t;
  }

  Typed comparison() {
    const Typed a = sum();
    if (accept("in")) {
      const Typed lo = sum();
      need("..");
      const Typed hi = sum();
      want_like(a, lo, "compared with");
      want_like(a, hi, "compared with");
      emit(Op::kIn);
      return no_chain(condition(a.at));
    }
    static constexpr std::array kSigns = {std::pair{"==", Op::kEqual}, std::pair{"!=", Op::kNotEqual}, std::pair{"<", Op::kLess},
                                          std::pair{"<=", Op::kLessEqual}, std::pair{">", Op::kGreater}, std::pair{">=", Op::kGreaterEqual}};
    for (const auto& [sign, op] : kSigns) {
      if (!sees(sign)) continue;
      const Token at = token_;
      advance();
      const Typed b = sum();
      const bool equality = op == Op::kEqual || op == Op::kNotEqual;
      if (a.kind == Kind::kWord && b.kind == Kind::kWord && equality) {
        if (!a.literal.empty() && !b.literal.empty()) unknown_word(a);
        else want_possible(a, b), want_possible(b, a);
        emit(op == Op::kEqual ? Op::kSameWord : Op::kOtherWord);
      } else {
        if (a.kind == Kind::kWord && b.kind == Kind::kWord) complain(at.at, "words have no order", "Compare words with == or !=");
        else if (equality && word_with_number(a, b)) complain(b.at, word_and_number(a, b), "A word that is also another name stands in 'quotes'");
        else want_like(a, b, "compared with");
        emit(op);
      }
      return no_chain(condition(a.at));
    }
    return a;
  }
  static bool word_with_number(const Typed& a, const Typed& b) {
    const Typed& w = a.kind == Kind::kWord ? a : b;
    return w.kind == Kind::kWord && w.literal.empty() && (a.kind == Kind::kNumber || b.kind == Kind::kNumber);
  }
  static std::string word_and_number(const Typed& a, const Typed& b) {
    const Typed& w = a.kind == Kind::kWord ? a : b;
    return fmt::format("{} is a word and cannot be compared with {}", w.name, describe(a.kind == Kind::kWord ? b : a));
  }
  Typed no_chain(Typed t) {
    for (const char* sign : {"==", "!=", "<", "<=", ">", ">=", "in"}) {
      if (sees(sign)) give_up(token_.at, "a comparison cannot be compared again", "Join two comparisons with and, or write x in a .. b");
    }
    return t;
  }

  Typed sum() {
    Typed a = product();
    while (sees("+") || sees("-")) {
      const bool add = sees("+");
      advance();
      const Typed b = product();
      const bool like = want_like(a, b, add ? "added to" : "less");
      emit(add ? Op::kAdd : Op::kSubtract);
      if (!like) a.kind = Kind::kUnknown;
      a.literal.clear();
    }
    return a;
  }

  Typed product() {
    Typed a = factor();
    while (sees("*") || sees("/")) {
      const bool multiply = sees("*");
      advance();
      const Typed b = factor();
      const bool first = want_number(a), second = want_number(b), numbers = first && second;
      a.literal.clear();
      emit(multiply ? Op::kMultiply : Op::kDivide);
      if (!numbers) {
        a.kind = Kind::kUnknown;
        continue;
      }
      const auto plain = [](Unit u) { return u == Unit::kCount || u == Unit::kRatio; };
      if (!plain(b.unit) && !(multiply ? plain(a.unit) : a.unit == b.unit)) {
        complain(b.at, fmt::format("{} cannot be {} {}", describe(a), multiply ? "multiplied by" : "divided by", describe(b)), "Multiply and divide by plain numbers and ratios, or divide like by like");
        a.kind = Kind::kUnknown;
        continue;
      }
      // A ratio is kept in hundredths of a percent: two of them hold that factor twice, a quotient of likes not at all.
      if (multiply) {
        if (a.unit == Unit::kRatio && b.unit != Unit::kCount) scale(Op::kDivide);
        else if (b.unit == Unit::kRatio && a.unit != Unit::kCount) scale(Op::kDivide);
        a.unit = plain(a.unit) ? (b.unit == Unit::kCount ? a.unit : b.unit) : a.unit;
      } else if (b.unit == Unit::kRatio) {
        scale(Op::kMultiply);
      } else if (b.unit != Unit::kCount) {
        scale(Op::kMultiply);
        a.unit = Unit::kRatio;
      }
    }
    return a;
  }
  void scale(Op op) {
    emit(Op::kNumber, 0, 10000);
    emit(op);
  }

  Typed factor() {
    const size_t at = token_.at;
    if (accept("-")) {
      const Level level(*this);
      Typed t = factor();
      if (!want_number(t)) t.kind = Kind::kUnknown;
      t.literal.clear();
      emit(Op::kNegate);
      t.at = at;
      return t;
    }
    if (accept("(")) {
      const Level level(*this);
      Typed t = either();
      need(")");
      t.at = at;
      return t;
    }
    if (token_.kind == Token::Kind::kNumber) {
      const Quantity q = token_.quantity;
      advance();
      if (token_.kind == Token::Kind::kName && !sees("and") && !sees("or") && !sees("in")) give_up(token_.at, fmt::format("unknown unit '{}'", token_.text), parse_quantity("1 x").error().hint);
      emit(Op::kNumber, 0, q.value);
      return number_of(at, q.unit);
    }
    if (token_.kind == Token::Kind::kWord) {
      const std::string_view s = token_.text;
      advance();
      return written(at, s);
    }
    if (token_.kind != Token::Kind::kName) unexpected("a name, a quantity or '('");
    const std::string_view name = token_.text;
    for (const char* reserved : {"and", "or", "not", "in"}) {
      if (name == reserved) unexpected("a name, a quantity or '('");
    }
    advance();
    if (sees("(")) return call(at, name);
    if (name.starts_with("$")) return given(at, name);
    return named(at, name);
  }

  Typed number_of(size_t at, Unit unit) {
    Typed t;
    t.kind = Kind::kNumber;
    t.unit = unit;
    t.at = at;
    return t;
  }

  Typed written(size_t at, std::string_view s) {
    Typed t;
    t.kind = Kind::kWord;
    t.at = at;
    t.literal = s;
    emit(Op::kWord, word(s));
    return t;
  }

  // A name of the pack in a call: plain or in quotes.
  std::string_view name_in_call(size_t& at) {
    at = token_.at;
    const std::string_view s = token_.text;
    if (token_.kind != Token::Kind::kName && token_.kind != Token::Kind::kWord) unexpected("a name");
    advance();
    return s;
  }

  Typed call(size_t at, std::string_view name) {
    const Level level(*this);
    need("(");
    if (name == "min" || name == "max" || name == "abs") {
      Typed a = either();
      bool fine = want_number(a);
      while (name != "abs" && accept(",")) {
        const Typed b = either();
        fine = want_like(a, b, "compared with") && fine;
        emit(name == "min" ? Op::kMin : Op::kMax);
      }
      if (name == "abs") emit(Op::kAbs);
      need(")");
      if (!fine) a.kind = Kind::kUnknown;
      a.literal.clear();
      a.at = at;
      return a;
    }
    if (name != "happened" && name != "count" && name != "since" && name != "last") {
      give_up(at, fmt::format("there is no '{}(...)'", name), "Known: happened, count, since, last, min, max, abs");
    }
    size_t where = 0;
    const std::string_view what = name_in_call(where);
    Typed t;
    t.at = at;
    if (scope_.work) *scope_.work -= static_cast<int64_t>(scope_.pack.scene.objects.size() + scope_.pack.scene.sockets.size() + (scope_.exercise ? scope_.exercise->moments.size() : 0));
    if (!scope_.exercise) give_up(at, "there is no attempt here whose past could be asked about", "Here a condition may name $truth, $data and quantities");
    const int m = moment(what);
    if (name == "last") {
      need(",");
      size_t of = 0;
      const std::string_view key = name_in_call(of);
      t = last(at, where, what, m, of, key);
    } else {
      if (m < 0) complain(where, fmt::format("no moment '{}' in scenario.yaml", what));
      else if (std::find(out_.moments.begin(), out_.moments.end(), m) == out_.moments.end()) out_.moments.push_back(m);
      emit(name == "happened" ? Op::kHappened : name == "count" ? Op::kCount : Op::kSince, m);
      t.kind = name == "happened" ? Kind::kCondition : Kind::kNumber;
      t.unit = name == "since" ? Unit::kTime : Unit::kCount;
    }
    need(")");
    return t;
  }

  int moment(std::string_view name) const {
    const auto& list = scope_.exercise->moments;
    const auto it = std::find_if(list.begin(), list.end(), [&](const Moment& m) { return m.name == name; });
    return it == list.end() ? -1 : static_cast<int>(it - list.begin());
  }

  const ArgName* arg(std::string_view name) const {
    const auto it = std::find_if(scope_.arguments.begin(), scope_.arguments.end(), [&](const ArgName& a) { return name == a.name; });
    return it == scope_.arguments.end() ? nullptr : &*it;
  }

  // What a name says of an event: its key and whether it is a word.
  struct Said { std::string key; bool is_text = false; Unit unit = Unit::kCount; };
  std::optional<Said> said(std::string_view name) const {
    if (name == "object") return Said{std::string(kObjectKey), true, Unit::kCount};
    if (name == "tool") return Said{std::string(kToolKey), true, Unit::kCount};
    if (name == "time") return Said{std::string(kTimeKey), false, Unit::kTime};
    if (const ArgName* a = arg(name)) return Said{a->key, a->is_text, unit_of_key(a->key)};
    return std::nullopt;
  }

  Typed value_of(size_t at, const Said& s, Op op, int index, std::string name, const std::vector<std::string>& subjects) {
    Typed t;
    t.kind = s.is_text ? Kind::kWord : Kind::kNumber;
    t.unit = s.unit;
    t.at = at;
    t.name = std::move(name);
    if (s.is_text) t.possible = possible(s.key, subjects);
    emit(op, index);
    return t;
  }

  Typed last(size_t at, size_t where, std::string_view what, int m, size_t of, std::string_view key) {
    Typed t;
    t.at = at;
    Remembered r{m, {}, {}};
    const bool object = scope_.pack.scene.find_object(what) >= 0 || scope_.pack.scene.find_socket(what) >= 0;
    if (m >= 0 && object) complain(where, fmt::format("'{}' is a moment and an object; which is meant cannot be told", what), "Rename the moment");
    if (m < 0 && !object) complain(where, fmt::format("no moment in scenario.yaml and no object in scene.yaml is called '{}'", what));
    if (m < 0) r.object = what;
    const auto s = said(key);
    if (!s) complain(of, fmt::format("an event has no '{}'", key));
    if (!s || object == (m >= 0)) return t;
    r.key = s->key;
    auto& list = *scope_.remembered;
    auto it = std::find(list.begin(), list.end(), r);
    if (it == list.end()) it = list.insert(list.end(), r);
    if (m >= 0 && std::find(out_.moments.begin(), out_.moments.end(), m) == out_.moments.end()) out_.moments.push_back(m);
    const std::vector<std::string> subjects = m >= 0 ? scope_.exercise->moments[static_cast<size_t>(m)].on : std::vector<std::string>{std::string(what)};
    // The key travels with the expression, so that evaluation needs no table.
    const int index = word(s->key);
    Typed out = value_of(at, *s, s->is_text ? Op::kLastWord : Op::kLastNumber, index, fmt::format("last({}, {})", what, key), subjects);
    out_.nodes.back().number = it - list.begin();
    return out;
  }

  Typed given(size_t at, std::string_view name) {
    if (name.starts_with("$truth.")) {
      const std::string_view want = name.substr(7);
      const auto& truths = scope_.pack.scene.truths;
      if (scope_.work) *scope_.work -= static_cast<int64_t>(truths.size());
      for (size_t i = 0; i < truths.size(); ++i) {
        if (truths[i].name != want) continue;
        Typed t = number_of(at, truths[i].unit);
        t.name = name;
        if (truths[i].is_word) {
          t.kind = Kind::kWord;
          t.possible = truths[i].group;
          for (const Truth::Case& c : truths[i].cases) t.possible->push_back(c.is);
        }
        emit(truths[i].is_word ? Op::kTruthWord : Op::kTruthNumber, static_cast<int>(i));
        return t;
      }
      complain(at, fmt::format("no truth '{}' is declared {} scene.yaml", want, scope_.exercise ? "under 'truths' in" : "above this one in"));
    } else if (name.starts_with("$data.")) {
      std::string_view want = name.substr(6);
      const bool min = want.ends_with(".min"), max = want.ends_with(".max");
      if (min || max) want.remove_suffix(4);
      const auto found = scope_.pack.data.find(std::string(want));
      if (found == scope_.pack.data.end()) {
        complain(at, fmt::format("no entry '{}' in data/*.yaml", want));
      } else if ((min && !found->second.min) || (max && !found->second.max)) {
        complain(at, fmt::format("the entry '{}' has no '{}'", want, min ? "min" : "max"));
      } else {
        const Quantity q = min ? *found->second.min : max ? *found->second.max : found->second.value;
        emit(Op::kNumber, 0, q.value);
        return number_of(at, q.unit);
      }
    } else {
      complain(at, fmt::format("'{}' is neither $truth.name nor $data.name", name));
    }
    emit(Op::kNumber);
    Typed t;
    t.at = at;
    return t;
  }

  // An argument of the event, or else a word.
  Typed named(size_t at, std::string_view name) {
    if (const auto s = said(name); s && scope_.moment) return value_of(at, *s, s->is_text ? Op::kArgWord : Op::kArgNumber, word(s->key), std::string(name), scope_.moment->on);
    if (const int i = scope_.signal ? (*scope_.signal)(name) : -1; i >= 0) {
      const SignalDef& s = scope_.pack.scene.devices.signals[static_cast<size_t>(i)];
      Typed t = number_of(at, s.unit);
      t.name = name;
      if (s.is_word) {
        t.kind = Kind::kWord;
        t.possible = s.words;
      }
      emit(s.is_word ? Op::kSignalWord : Op::kSignalNumber, i);
      return t;
    }
    return written(at, name);
  }

  // The words an argument can be; nothing when the scene does not tell. `subjects`: of which objects or fields; empty: of any.
  std::optional<std::vector<std::string>> possible(std::string_view key, const std::vector<std::string>& subjects) {
    const Scene& scene = scope_.pack.scene;
    const Exercise* e = scope_.exercise;
    if (scope_.work) {
      *scope_.work -= static_cast<int64_t>(scene.objects.size() + scene.sockets.size() + subjects.size() + (e ? e->sheet.size() : 0));
      if (*scope_.work < 0) return std::nullopt;
    }
    const std::set<std::string_view> only(subjects.begin(), subjects.end());
    const auto asked = [&](const std::string& id) { return only.empty() || only.contains(id); };
    std::vector<std::string> out;
    const auto add = [&](const std::vector<std::string>& more) { out.insert(out.end(), more.begin(), more.end()); };
    if (key == "state") {
      for (const ObjectDef& o : scene.objects) {
        if (!asked(o.id)) continue;
        if (o.lever) add(o.lever->states);
        if (o.surface) add(o.surface->states);
        if (o.connector) add({"plugged", "unplugged"});
        if (o.meter) {
          for (const auto& p : o.meter->positions) out.push_back(p.name);
        }
      }
    } else if (key == "value" && e) {
      for (const Field& f : e->sheet) {
        if (asked(f.id)) add(f.choices);
      }
    } else if (key == "at") {
      for (const SocketDef& s : scene.sockets) out.push_back(s.id);
      add({"floor", "hand", "worn"});
    } else if (key == kObjectKey) {
      if (!only.empty()) return subjects;
      for (const ObjectDef& o : scene.objects) out.push_back(o.id);
      for (const SocketDef& s : scene.sockets) out.push_back(s.id);
      for (const PairDef& p : scene.devices.pairs) out.push_back(p.id);
      for (const Field& f : e->sheet) out.push_back(f.id);
      for (const Line& l : e->lines) out.push_back(l.id);
      for (const Step& s : e->steps) out.push_back(s.id);
    } else if (key == kToolKey) {
      for (const ObjectDef& o : scene.objects) out.push_back(o.id);
      out.push_back("hand");
    } else {
      for (const SignalDef& s : scene.devices.signals) {
        if (s.is_word && s.name == key) add(s.words);
      }
    }
    if (out.empty()) return std::nullopt;
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  std::string_view text_;
  const ExpressionScope& scope_;
  std::vector<ExpressionProblem>& problems_;
  Expression out_;
  Token token_;
  size_t at_ = 0;
  int depth_ = 0, height_ = 0, stack_ = 0;  // of what is being read; of the stack now and at its highest
};

}  // namespace

bool holds(const Expression& e, const Truths& truths, const Past* past, const Event* event, const SignalValues* signals) {
  std::array<Cell, kMaxExpressionStack> stack;
  size_t n = 0;
  for (const Expression::Node& node : e.nodes) {
    const auto i = static_cast<size_t>(node.index);
    switch (node.op) {
      case Op::kNumber: stack[n++] = whole(node.number); break;
      case Op::kWord: stack[n++] = {0, 1, e.words[i]}; break;
      case Op::kArgNumber: stack[n++] = argument(*event, e.words[i], false); break;
      case Op::kArgWord: stack[n++] = argument(*event, e.words[i], true); break;
      case Op::kTruthNumber: stack[n++] = whole(truths.numbers[i]); break;
      case Op::kTruthWord: stack[n++] = {0, 1, truths.words[i]}; break;
      case Op::kSignalNumber: {
        const auto n_now = signals->signal_number(node.index);
        stack[n++] = n_now ? whole(*n_now) : Cell{};
        break;
      }
      case Op::kSignalWord: stack[n++] = {0, 1, signals->signal_word(node.index)}; break;
      case Op::kLastNumber:
      case Op::kLastWord: {
        const Event* last = past->last[static_cast<size_t>(node.number)];
        stack[n++] = last ? argument(*last, e.words[i], node.op == Op::kLastWord) : Cell{};
        break;
      }
      case Op::kHappened: stack[n++] = truth(past->moments[i].happened); break;
      case Op::kCount: stack[n++] = whole(past->moments[i].count); break;
      case Op::kSince: stack[n++] = past->moments[i].count > 0 ? whole((event ? event->t_ms : past->now_ms) - past->moments[i].last_ms) : Cell{}; break;
      case Op::kNegate: stack[n - 1].num = -stack[n - 1].num; break;
      case Op::kAbs: stack[n - 1].num = std::abs(stack[n - 1].num); break;
      case Op::kNot: stack[n - 1] = truth(stack[n - 1].num == 0); break;
      case Op::kIn: {
        n -= 2;
        const Cell &v = stack[n - 1], &lo = stack[n], &hi = stack[n + 1];
        stack[n - 1] = truth(v.known() && lo.known() && hi.known() && compare(v, lo) >= 0 && compare(v, hi) <= 0);
        break;
      }
      default:
        --n;
        stack[n - 1] = binary(node.op, stack[n - 1], stack[n]);
    }
  }
  return stack[0].num != 0;
}

std::optional<Expression> compile_expression(std::string_view text, const ExpressionScope& scope, std::vector<ExpressionProblem>& problems) {
  return Reader(text, scope, problems).run();
}

}  // namespace shixun
