// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rules/chi_square.h"
#include "core/rules/verification.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// Exactness certificate: does a rule keep the target's law? By enumeration of every draw and every decision on tiny vocabularies (no
/// statistics involved), and by counting many keyed draws.
namespace timberline::rules {

/// A rule under test. Must draw its chance from the source alone.
using VerifyFunction = std::function<Verdict(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions)>;

/// One small world: at every node the target's law is `target` and the children are drawn from `draft`.
struct CertificateCase {
    std::vector<float> target, draft;  ///< over the same 2 to 4 tokens, each summing to 1
    record::DrawKind kind = record::DrawKind::WithoutReplacement;
    std::vector<std::int32_t> children;  ///< children a node on each level; one or two levels
};

/// The cases that the certificate of a kind consists of: a law with mass everywhere, disjoint supports, equal laws, a one-hot target; each
/// with one child, with several, and two levels deep.
[[nodiscard]] std::vector<CertificateCase> certificate_cases(record::DrawKind kind);

struct CertificateResult {
    std::vector<double> expected, emitted;  ///< laws of the first tokens written: [V], or [V * V] for two levels
    double total_variation = 0;             ///< half the sum of their differences
    bool exact = false;                     ///< no entry differs by more than 1e-6 (laws are stored as float)
    double expected_tokens = 0;             ///< accepted drafts a round + 1
};
/// Every outcome, weighted exactly.
[[nodiscard]] CertificateResult certify(const VerifyFunction& verify, const CertificateCase& world);

/// `draws` rounds with numbers keyed by (seed, round).
struct SampledCertificate {
    std::vector<std::int64_t> counts;
    ChiSquareTest test;
};
[[nodiscard]] SampledCertificate certify_by_sampling(const VerifyFunction& verify, const CertificateCase& world, std::int64_t draws,
                                                     std::uint64_t seed);

/// Rules that public demonstrations got wrong, planted to show that the certificate notices (methods/decoding.md 1.7).
struct WrongRule {
    std::string id;
    std::string text;  ///< translatable: what is wrong
    VerifyFunction verify;
    CertificateCase world;  ///< where it shows
};
[[nodiscard]] const std::vector<WrongRule>& wrong_rules();

}  // namespace timberline::rules
