#include "engine/sim/network.h"

#include <gmpxx.h>

#include <algorithm>
#include <cassert>

#include "engine/sim/fixed.h"
#include "engine/sim/scalar.h"

namespace shixun {

namespace {

constexpr int64_t kDiodeLeak_mohm = 1'000'000'000'000;
constexpr int kMaxDiodeTrials = 64;

mpz_class big(int64_t v) {
  static_assert(sizeof(long) == sizeof(int64_t));
  return mpz_class(static_cast<long>(v));
}

// Conductance in 1e-18 S: an integer whose rounding is at most 5e-8 of it at the highest resistance, far less elsewhere.
mpz_class conductance(int64_t mohm) {
  static const mpz_class unit = big(1'000'000'000'000) * 1'000'000'000;  // 1 / (1 mohm) in 1e-18 S
  return (unit + big(mohm) / 2) / big(mohm);
}

// num / den rounded half away from zero, held within int64; den > 0.
int64_t rounded(const mpz_class& num, const mpz_class& den) {
  mpz_class q = (abs(num) * 2 + den) / (den * 2);
  if (sgn(num) < 0) q = -q;
  if (q.fits_slong_p()) return q.get_si();
  return sgn(q) < 0 ? INT64_MIN : INT64_MAX;
}

// What conducts now: i(a to b) = g * (v(a) - v(b) - uv).
struct Branch {
  int element, a, b;
  mpz_class g;
  int64_t uv;
};

std::vector<Branch> branches_of(const Network& n, const NetworkState& s, const std::vector<bool>& diode_on, bool quadrature) {
  std::vector<Branch> out;
  for (size_t i = 0; i < n.elements.size(); ++i) {
    const Element& e = n.elements[i];
    const ElementState& now = s.elements[i];
    if (e.broken || e.a == e.b) continue;
    int64_t mohm = now.mohm, uv = 0;
    switch (e.kind) {
      case ElementKind::kResistor: break;
      case ElementKind::kSource: uv = quadrature ? now.quadrature_uv : now.uv; break;
      case ElementKind::kSwitch:
      case ElementKind::kFuse:
        if (!now.closed) continue;
        break;
      case ElementKind::kDiode:
        if (diode_on[i]) uv = now.uv;
        else mohm = kDiodeLeak_mohm;
        break;
      case ElementKind::kCapacitor:
        if (now.held) continue;
        uv = charge_uv(s, static_cast<int>(i));
        break;
    }
    out.push_back({static_cast<int>(i), e.a, e.b, conductance(mohm), uv});
  }
  return out;
}

std::vector<int> islands(size_t nodes, const std::vector<Branch>& branches) {
  std::vector<int> root(nodes);
  for (size_t i = 0; i < nodes; ++i) root[i] = static_cast<int>(i);
  const auto top = [&](int i) {
    while (root[static_cast<size_t>(i)] != i) i = root[static_cast<size_t>(i)];
    return i;
  };
  for (const Branch& b : branches) {
    const int x = top(b.a), y = top(b.b);
    root[static_cast<size_t>(std::max(x, y))] = std::min(x, y);
  }
  for (size_t i = 0; i < nodes; ++i) root[i] = top(static_cast<int>(i));
  return root;
}

// Nodal equations of one island, its lowest node at 0, by fraction-free elimination (E. H. Bareiss, "Sylvester's Identity and Multistep
// Integer-Preserving Gaussian Elimination", Math. Comp. 22, 1968): every division is exact. A grounded conductance matrix
// is positive definite, so no pivot is zero and none needs exchanging. Gives numerators of the voltages; returns their denominator.
mpz_class eliminate(const std::vector<int>& unknowns, const std::vector<Branch>& branches, const std::vector<int>& island, int reference,
                    std::vector<mpz_class>& numerators) {
  const size_t n = unknowns.size();
  std::vector<int> row_of(numerators.size(), -1);
  for (size_t i = 0; i < n; ++i) row_of[static_cast<size_t>(unknowns[i])] = static_cast<int>(i);
  std::vector<mpz_class> m(n * (n + 1));
  const auto at = [&](size_t r, size_t c) -> mpz_class& { return m[r * (n + 1) + c]; };
  for (const Branch& b : branches) {
    if (island[static_cast<size_t>(b.a)] != reference) continue;
    const int ra = row_of[static_cast<size_t>(b.a)], rb = row_of[static_cast<size_t>(b.b)];
    const mpz_class pushed = b.g * big(b.uv);
    if (ra >= 0) {
      at(static_cast<size_t>(ra), static_cast<size_t>(ra)) += b.g;
      at(static_cast<size_t>(ra), n) += pushed;
    }
    if (rb >= 0) {
      at(static_cast<size_t>(rb), static_cast<size_t>(rb)) += b.g;
      at(static_cast<size_t>(rb), n) -= pushed;
    }
    if (ra >= 0 && rb >= 0) {
      at(static_cast<size_t>(ra), static_cast<size_t>(rb)) -= b.g;
      at(static_cast<size_t>(rb), static_cast<size_t>(ra)) -= b.g;
    }
  }
  mpz_class before = 1;
  for (size_t k = 0; k + 1 < n; ++k) {
    for (size_t r = k + 1; r < n; ++r) {
      for (size_t c = k + 1; c <= n; ++c) {
        mpz_class& x = at(r, c);
        x *= at(k, k);
        if (sgn(at(r, k)) != 0 && sgn(at(k, c)) != 0) x -= at(r, k) * at(k, c);
        if (sgn(x) != 0) mpz_divexact(x.get_mpz_t(), x.get_mpz_t(), before.get_mpz_t());
      }
      at(r, k) = 0;
    }
    before = at(k, k);
  }
  const mpz_class determinant = at(n - 1, n - 1);
  for (size_t r = n; r-- > 0;) {  // Cramer's numerators are integers: this division is exact too
    mpz_class sum = at(r, n) * determinant;
    for (size_t c = r + 1; c < n; ++c) {
      if (sgn(at(r, c)) != 0) sum -= at(r, c) * numerators[static_cast<size_t>(unknowns[c])];
    }
    mpz_divexact(numerators[static_cast<size_t>(unknowns[r])].get_mpz_t(), sum.get_mpz_t(), at(r, r).get_mpz_t());
  }
  return determinant;
}

Solution solve_linear(const Network& n, const NetworkState& s, const std::vector<bool>& diode_on, bool quadrature) {
  const std::vector<Branch> branches = branches_of(n, s, diode_on, quadrature);
  Solution out;
  out.island = islands(n.nodes.size(), branches);
  out.uv.resize(n.nodes.size());
  out.pa.resize(n.elements.size());
  std::vector<mpz_class> numerators(n.nodes.size()), denominators(n.nodes.size(), mpz_class(1));
  for (size_t reference = 0; reference < n.nodes.size(); ++reference) {
    if (out.island[reference] != static_cast<int>(reference)) continue;
    std::vector<int> unknowns;
    for (size_t i = reference + 1; i < n.nodes.size(); ++i) {
      if (out.island[i] == static_cast<int>(reference)) unknowns.push_back(static_cast<int>(i));
    }
    if (unknowns.empty()) continue;
    const mpz_class den = eliminate(unknowns, branches, out.island, static_cast<int>(reference), numerators);
    denominators[reference] = den;
    for (const int i : unknowns) denominators[static_cast<size_t>(i)] = den;
  }
  for (size_t i = 0; i < n.nodes.size(); ++i) out.uv[i] = rounded(numerators[i], denominators[i]);
  static const mpz_class per_pa = big(1'000'000'000'000);  // 1e-18 S x 1 uV = 1e-24 A
  for (const Branch& b : branches) {
    const mpz_class& den = denominators[static_cast<size_t>(b.a)];
    const mpz_class num = b.g * (numerators[static_cast<size_t>(b.a)] - numerators[static_cast<size_t>(b.b)] - big(b.uv) * den);
    out.pa[static_cast<size_t>(b.element)] = rounded(num, den * per_pa);
  }
  return out;
}

bool all_closed(const Network& n, const NetworkState& s, const std::vector<int>& elements) {
  return std::all_of(elements.begin(), elements.end(), [&](int i) { return s.elements[static_cast<size_t>(i)].closed && !n.elements[static_cast<size_t>(i)].broken; });
}

// Gives every capacitor the law that holds from now on, starting from the charge it has now.
void follow_laws(const Network& n, NetworkState& s) {
  for (const CapacitorLaw& law : n.laws) {
    ElementState& c = s.elements[static_cast<size_t>(law.element)];
    const int64_t now_uv = charge_uv(s, law.element);
    const bool held = law.source >= 0 && all_closed(n, s, law.held_by) && !n.elements[static_cast<size_t>(law.source)].broken;
    int64_t tau = 0;
    if (held) {
      c.held = true;
      c.tau_ms = 0;
      c.uv = s.elements[static_cast<size_t>(law.source)].uv;
      c.since_ms = s.t_ms;
      continue;
    }
    for (const Drain& d : law.drains) {
      if (d.by_switch >= 0 && !all_closed(n, s, {d.by_switch})) continue;
      tau = d.tau_ms;
      break;
    }
    if (c.held || tau != c.tau_ms) {  // else the running decay goes on from where it began, free of rounding on the way
      c.uv = now_uv;
      c.since_ms = s.t_ms;
    }
    c.held = false;
    c.tau_ms = tau;
  }
}

Result<std::vector<Happening>> settle_laws(const Network& n, NetworkState& s) {
  follow_laws(n, s);
  auto settled = settle(n, s);
  if (!settled) return settled.error();
  return std::move(settled->happenings);
}

}  // namespace

std::vector<Error> check(const Network& n) {
  std::vector<Error> out;
  const auto bad = [&](const std::string& where, std::string what, std::string hint) { out.push_back(failure(where, std::move(what), std::move(hint))); };
  if (n.nodes.empty() || n.nodes.size() > kMaxNodes) bad("network", "a network has 1 to 48 nodes, this has " + std::to_string(n.nodes.size()), "leave out nodes nobody probes");
  if (n.elements.size() > kMaxElements) bad("network", "a network has at most 128 elements, this has " + std::to_string(n.elements.size()), "join elements in series");
  const auto node_ok = [&](int i) { return i >= 0 && static_cast<size_t>(i) < n.nodes.size(); };
  const auto element_ok = [&](int i) { return i >= 0 && static_cast<size_t>(i) < n.elements.size(); };
  const auto switching = [&](int i) {
    return element_ok(i) && (n.elements[static_cast<size_t>(i)].kind == ElementKind::kSwitch || n.elements[static_cast<size_t>(i)].kind == ElementKind::kFuse);
  };
  const auto twice = [&](const auto& list, auto name, const char* what) {
    std::vector<std::string_view> ids;
    for (const auto& x : list) ids.push_back(name(x));
    std::sort(ids.begin(), ids.end());
    for (size_t i = 1; i < ids.size(); ++i) {
      if (ids[i] == ids[i - 1]) bad(std::string(ids[i]), std::string("two ") + what + " have this name", "rename one");
    }
  };
  twice(n.nodes, [](const std::string& x) -> std::string_view { return x; }, "nodes");
  twice(n.elements, [](const Element& x) -> std::string_view { return x.id; }, "elements");
  if (n.earth != -1 && !node_ok(n.earth)) bad("network", "earth is no node", "name one of the nodes");
  size_t diodes = 0;
  std::vector<int> laws(n.elements.size(), 0);
  for (const CapacitorLaw& law : n.laws) {
    if (!element_ok(law.element) || n.elements[static_cast<size_t>(law.element)].kind != ElementKind::kCapacitor) {
      bad("network", "a decay law belongs to no capacitor", "name a capacitor");
      continue;
    }
    const std::string& id = n.elements[static_cast<size_t>(law.element)].id;
    ++laws[static_cast<size_t>(law.element)];
    if (law.source != -1 && (!element_ok(law.source) || n.elements[static_cast<size_t>(law.source)].kind != ElementKind::kSource))
      bad(id, "what holds it is no source", "name a source");
    if (!std::all_of(law.held_by.begin(), law.held_by.end(), switching)) bad(id, "held_by names something that cannot be opened", "name switches or fuses");
    if (law.held_by.size() > kMaxElements || law.drains.size() > kMaxElements) bad(id, "its law has too many parts", "name each switch once");
    for (const Drain& d : law.drains) {
      if (d.by_switch != -1 && !switching(d.by_switch)) bad(id, "a drain's switch is none", "name a switch or fuse, or leave it out");
      if (d.tau_ms <= 0 || d.tau_ms > kMaxNetTime_ms) bad(id, "a drain's time constant is not above zero, or too long", "give a time such as 75 s");
    }
  }
  for (size_t i = 0; i < n.elements.size(); ++i) {
    const Element& e = n.elements[i];
    if (!node_ok(e.a) || !node_ok(e.b)) bad(e.id, "an end is on no node", "name two nodes");
    else if (e.a == e.b) bad(e.id, "both ends are on one node", "name two nodes");
    if (e.mohm < 1 || e.mohm > kMaxResistance_mohm) bad(e.id, "its resistance is not within 1 mΩ and 100 GΩ", "a contact has some milliohms, a source its inner resistance");
    if (std::min(e.uv, e.quadrature_uv) < -kMaxVoltage_uv || std::max(e.uv, e.quadrature_uv) > kMaxVoltage_uv) bad(e.id, "its voltage is beyond 10 kV", "give at most 10 kV");
    if (e.quadrature_uv != 0 && (!n.alternating || e.kind != ElementKind::kSource)) bad(e.id, "a part in quadrature belongs to a source of an alternating network", "leave it out");
    if (n.alternating && (e.kind == ElementKind::kDiode || e.kind == ElementKind::kCapacitor)) bad(e.id, "an alternating network has no diodes and no capacitors", "put it into a network of direct current");
    if (e.withstand_uv < 0 || e.withstand_uv > kMaxVoltage_uv) bad(e.id, "what it withstands is not within 0 and 10 kV", "leave it out when nothing breaks");
    if (e.kind == ElementKind::kFuse && (e.rating_ua <= 0 || e.rating_ua > 1'000'000'000'000)) bad(e.id, "a fuse needs a rating above zero", "give the current it carries");
    if (e.kind == ElementKind::kDiode && (++diodes, e.uv < 0)) bad(e.id, "a diode's drop is below zero", "give 0.7 V for silicon");
    if (e.kind == ElementKind::kCapacitor && laws[i] != 1) bad(e.id, "a capacitor needs one law", "say what holds and what drains it");
  }
  if (diodes > kMaxDiodes) bad("network", "more than 8 diodes", "model the output as a switch");
  return out;
}

int find_node(const Network& n, std::string_view id) {
  const auto it = std::find(n.nodes.begin(), n.nodes.end(), id);
  return it == n.nodes.end() ? -1 : static_cast<int>(it - n.nodes.begin());
}

int find_element(const Network& n, std::string_view id) {
  const auto it = std::find_if(n.elements.begin(), n.elements.end(), [&](const Element& e) { return e.id == id; });
  return it == n.elements.end() ? -1 : static_cast<int>(it - n.elements.begin());
}

std::optional<int64_t> volts(const Solution& s, int a, int b) {
  if (s.island[static_cast<size_t>(a)] != s.island[static_cast<size_t>(b)]) return std::nullopt;
  const int64_t v = s.uv[static_cast<size_t>(a)] - s.uv[static_cast<size_t>(b)];
  return s.quadrature_uv.empty() ? v : root_of_squares(v, s.quadrature_uv[static_cast<size_t>(a)] - s.quadrature_uv[static_cast<size_t>(b)]);
}

int64_t load_pa(const Solution& s, int element) {
  return root_of_squares(s.pa[static_cast<size_t>(element)], s.quadrature_pa.empty() ? 0 : s.quadrature_pa[static_cast<size_t>(element)]);
}

int64_t charge_uv(const NetworkState& s, int capacitor) {
  const ElementState& c = s.elements[static_cast<size_t>(capacitor)];
  return c.held || c.tau_ms == 0 ? c.uv : decay(c.uv, s.t_ms - c.since_ms, c.tau_ms);
}

// Which diodes conduct: least-index pivoting (K. G. Murty, "Note on a Bard-type scheme for solving the complementarity problem", 1974),
// which ends for networks with a resistance in every branch.
Result<Solution> solve(const Network& n, const NetworkState& s) {
  assert(s.elements.size() == n.elements.size());
  std::vector<bool> on(n.elements.size(), false);
  if (n.alternating) {  // resistances only: the two parts do not know of each other
    Solution out = solve_linear(n, s, on, false), ahead = solve_linear(n, s, on, true);
    out.quadrature_uv = std::move(ahead.uv);
    out.quadrature_pa = std::move(ahead.pa);
    return out;
  }
  for (int trial = 0; trial < kMaxDiodeTrials; ++trial) {
    Solution out = solve_linear(n, s, on, false);
    bool stable = true;
    for (size_t i = 0; i < n.elements.size() && stable; ++i) {
      const Element& e = n.elements[i];
      if (e.kind != ElementKind::kDiode || e.broken) continue;
      const bool wrong = on[i] ? out.pa[i] < 0 : volts(out, e.a, e.b).value_or(0) > s.elements[i].uv;
      if (!wrong) continue;
      on[i] = !on[i];
      stable = false;
    }
    if (stable) return out;
  }
  return failure("network", "its diodes find no stable state", "give them more series resistance, or fewer of them");
}

Result<Settled> settle(const Network& n, NetworkState& s) {
  Settled out;
  for (size_t blown = 0; blown <= n.elements.size(); ++blown) {
    auto solution = solve(n, s);
    if (!solution) return solution.error();
    int worst = -1;
    for (size_t i = 0; i < n.elements.size(); ++i) {
      const Element& e = n.elements[i];
      if (e.kind != ElementKind::kFuse || !s.elements[i].closed) continue;
      const Int128 load = load_pa(*solution, static_cast<int>(i));
      if (load <= Int128{e.rating_ua} * 1'000'000) continue;
      if (worst >= 0) {  // more overloaded than the worst so far: load / rating compared without dividing
        if (load * n.elements[static_cast<size_t>(worst)].rating_ua <= Int128{load_pa(*solution, worst)} * e.rating_ua) continue;
      }
      worst = static_cast<int>(i);
    }
    if (worst < 0) {
      for (size_t i = 0; i < n.elements.size(); ++i) {
        const Element& e = n.elements[i];
        if (e.withstand_uv == 0 || e.broken) continue;
        const int64_t v = volts(*solution, e.a, e.b).value_or(0);
        if (v > e.withstand_uv || v < -e.withstand_uv) out.happenings.push_back({Happening::Kind::kOverstressed, static_cast<int>(i)});
      }
      out.solution = std::move(*solution);
      return out;
    }
    s.elements[static_cast<size_t>(worst)].closed = false;
    out.happenings.push_back({Happening::Kind::kBlown, worst});
    follow_laws(n, s);
  }
  return failure("network", "its fuses do not settle", "");  // each pass blows one: not reached
}

Result<NetworkStart> start(const Network& n) {
  NetworkStart out;
  for (const Element& e : n.elements) {
    ElementState s;
    s.closed = e.closed;
    s.mohm = e.mohm;
    s.uv = e.uv;
    s.quadrature_uv = e.quadrature_uv;
    out.state.elements.push_back(s);
  }
  auto happened = settle_laws(n, out.state);
  if (!happened) return happened.error();
  out.happenings = std::move(*happened);
  return out;
}

Result<std::vector<Happening>> step(const Network& n, NetworkState& s, const NetworkInput& input) {
  using Kind = NetworkInput::Kind;
  if (input.t_ms < s.t_ms || input.t_ms > kMaxNetTime_ms) return failure("network", "an input lies before the one before it", "inputs come in order of time");
  NetworkState next = s;
  next.t_ms = input.t_ms;
  if (input.kind == Kind::kTime) {
    s = std::move(next);  // capacitors follow their law by themselves; currents only fall
    return std::vector<Happening>{};
  }
  if (input.element < 0 || static_cast<size_t>(input.element) >= n.elements.size()) return failure("network", "an input names no element", "name one");
  const Element& e = n.elements[static_cast<size_t>(input.element)];
  ElementState& now = next.elements[static_cast<size_t>(input.element)];
  const auto unsuited = [&](const char* what) { return failure(e.id, what, "see the kinds of input in network.h"); };
  follow_laws(n, next);
  switch (input.kind) {
    case Kind::kTime: break;
    case Kind::kSwitch:
    case Kind::kFuse:
      if (e.kind != (input.kind == Kind::kSwitch ? ElementKind::kSwitch : ElementKind::kFuse)) return unsuited("it is no switch or fuse");
      if (input.value != 0 && input.value != 1) return unsuited("a switch or fuse is 0 or 1");
      now.closed = input.value == 1;
      break;
    case Kind::kResistance:
      if (e.kind == ElementKind::kCapacitor) return unsuited("a capacitor's resistance does not change");
      if (input.value < 1 || input.value > kMaxResistance_mohm) return unsuited("the resistance is not within 1 mΩ and 100 GΩ");
      now.mohm = input.value;
      break;
    case Kind::kVoltage:
      if (e.kind != ElementKind::kSource || n.alternating) return unsuited("it is no direct source");
      if (input.value < -kMaxVoltage_uv || input.value > kMaxVoltage_uv) return unsuited("the voltage is beyond 10 kV");
      now.uv = input.value;
      break;
  }
  auto happened = settle_laws(n, next);
  if (happened) s = std::move(next);
  return happened;
}

Status put_fault(Network& n, const NetworkFault& f) {
  using Kind = NetworkFault::Kind;
  const auto node_ok = [&](int i) { return i >= 0 && static_cast<size_t>(i) < n.nodes.size(); };
  const bool resistance_ok = f.value >= 1 && f.value <= kMaxResistance_mohm;
  if (f.kind == Kind::kBridge) {
    if (!node_ok(f.a) || !node_ok(f.b) || f.a == f.b) return failure("fault", "a bridge needs two nodes", "name two");
    if (!resistance_ok) return failure("fault", "a bridge's resistance is not within 1 mΩ and 100 GΩ", "a dead short has 1 mΩ");
    if (n.elements.size() >= kMaxElements) return failure("fault", "the network has no room for a bridge", "leave out an element");
    Element bridge;
    bridge.id = "fault." + std::to_string(n.elements.size());
    bridge.a = f.a;
    bridge.b = f.b;
    bridge.mohm = f.value;
    n.elements.push_back(std::move(bridge));
    return ok();
  }
  if (f.element < 0 || static_cast<size_t>(f.element) >= n.elements.size()) return failure("fault", "it names no element", "name one");
  Element& e = n.elements[static_cast<size_t>(f.element)];
  switch (f.kind) {
    case Kind::kBridge: break;
    case Kind::kBroken: e.broken = true; break;
    case Kind::kAdded:
      if (!resistance_ok || e.mohm + f.value > kMaxResistance_mohm) return failure(e.id, "the added resistance is not within 1 mΩ and 100 GΩ", "give ohms");
      e.mohm += f.value;
      break;
    case Kind::kBlown:
      if (e.kind != ElementKind::kFuse) return failure(e.id, "it is no fuse", "break it instead");
      e.closed = false;
      break;
    case Kind::kMiswiredA:
    case Kind::kMiswiredB: {
      const int to = f.kind == Kind::kMiswiredA ? f.a : f.b, other = f.kind == Kind::kMiswiredA ? e.b : e.a;
      if (!node_ok(to) || to == other) return failure(e.id, "its end cannot be there", "name another node");
      (f.kind == Kind::kMiswiredA ? e.a : e.b) = to;
      break;
    }
    case Kind::kTau: {
      if (f.value <= 0 || f.value > kMaxNetTime_ms) return failure(e.id, "the time constant is not above zero, or too long", "give a time such as 400 s");
      for (CapacitorLaw& law : n.laws) {
        if (law.element != f.element) continue;
        const auto always = std::find_if(law.drains.begin(), law.drains.end(), [](const Drain& d) { return d.by_switch < 0; });
        if (always == law.drains.end()) break;
        always->tau_ms = f.value;
        return ok();
      }
      return failure(e.id, "it has no drain that always works", "give the capacitor one");
    }
  }
  return ok();
}

}  // namespace shixun
