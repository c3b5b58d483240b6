// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decoder_config.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>

using namespace timberline;
using namespace timberline::model;

namespace {

// The configurations that Meta, Mistral AI, Alibaba, Google, OpenAI and EleutherAI publish with these models, cut to the keys that matter.
const char* const kLlama2 = R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 32000, "hidden_size": 4096,
    "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "hidden_act": "silu",
    "max_position_embeddings": 4096, "rms_norm_eps": 1e-05, "rope_scaling": null, "tie_word_embeddings": false, "torch_dtype": "float16"})";
const char* const kLlama32 = R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 128256, "hidden_size": 2048,
    "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "hidden_act": "silu",
    "max_position_embeddings": 131072, "rms_norm_eps": 1e-05, "attention_bias": false, "mlp_bias": false, "rope_theta": 500000.0,
    "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"},
    "tie_word_embeddings": true, "torch_dtype": "bfloat16"})";
const char* const kLlama32New = R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 128256, "hidden_size": 2048,
    "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "hidden_act": "silu",
    "max_position_embeddings": 131072, "rms_norm_eps": 1e-05, "attention_bias": false, "mlp_bias": false,
    "rope_parameters": {"rope_theta": 500000.0, "factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
                        "original_max_position_embeddings": 8192, "rope_type": "llama3"},
    "tie_word_embeddings": true, "dtype": "bfloat16"})";
const char* const kMistral = R"({"architectures": ["MistralForCausalLM"], "model_type": "mistral", "vocab_size": 32000, "hidden_size": 4096,
    "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "hidden_act": "silu",
    "max_position_embeddings": 32768, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "sliding_window": 4096, "tie_word_embeddings": false})";
const char* const kQwen2 = R"({"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "vocab_size": 151936, "hidden_size": 896,
    "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2, "hidden_act": "silu",
    "max_position_embeddings": 131072, "max_window_layers": 24, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "sliding_window": 131072,
    "use_sliding_window": false, "tie_word_embeddings": true})";
const char* const kQwen3 = R"({"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 151936, "hidden_size": 1024,
    "intermediate_size": 3072, "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "hidden_act": "silu",
    "attention_bias": false, "max_position_embeddings": 40960, "max_window_layers": 28, "rms_norm_eps": 1e-06, "rope_theta": 1000000,
    "rope_scaling": null, "sliding_window": null, "use_sliding_window": false, "tie_word_embeddings": true})";
const char* const kGemma2 = R"({"architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "vocab_size": 256000, "hidden_size": 2304,
    "intermediate_size": 9216, "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
    "hidden_act": "gelu_pytorch_tanh", "hidden_activation": "gelu_pytorch_tanh", "attention_bias": false, "attn_logit_softcapping": 50.0,
    "final_logit_softcapping": 30.0, "max_position_embeddings": 8192, "query_pre_attn_scalar": 256, "rms_norm_eps": 1e-06, "rope_theta": 10000.0,
    "sliding_window": 4096, "torch_dtype": "float32"})";
const char* const kGpt2 =
    R"({"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "activation_function": "gelu_new", "vocab_size": 50257,
    "layer_norm_epsilon": 1e-05, "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024})";
const char* const kGptNeo =
    R"({"architectures": ["GPTNeoForCausalLM"], "model_type": "gpt_neo", "activation_function": "gelu_new", "vocab_size": 50257,
    "attention_types": [[["global", "local"], 6]], "hidden_size": 768, "intermediate_size": null, "layer_norm_epsilon": 1e-05,
    "max_position_embeddings": 2048, "num_heads": 12, "num_layers": 12, "window_size": 256})";
const char* const kNeoX = R"({"architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_act": "gelu", "vocab_size": 50304,
    "hidden_size": 512, "intermediate_size": 2048, "layer_norm_eps": 1e-05, "max_position_embeddings": 2048, "num_attention_heads": 8,
    "num_hidden_layers": 6, "rotary_emb_base": 10000, "rotary_pct": 0.25, "tie_word_embeddings": false, "use_parallel_residual": true})";

Json json_of(const char* text)
{
    return Json::parse(text);
}

/// A copy with one member set ("key": null sets null, unlike a merge patch).
Json with(const char* base, const char* changes)
{
    Json out = json_of(base);
    const Json patch = json_of(changes);
    for (auto it = patch.begin(); it != patch.end(); ++it) {
        out[it.key()] = it.value();
    }
    return out;
}

Json without(const char* base, std::initializer_list<const char*> keys)
{
    Json out = json_of(base);
    for (const char* key : keys) {
        out.erase(key);
    }
    return out;
}

struct Reading {
    const char* name;
    Json config;
    std::function<void(const DecoderConfig&)> check;
};

struct Fault {
    const char* name;
    Json config;
    ErrorCode code;
    std::vector<const char*> parts;
};

std::int64_t windows(const DecoderConfig& config, std::int64_t window)
{
    return std::count(config.window.begin(), config.window.end(), window);
}

std::vector<Reading> readings()
{
    return {
        {"Llama 2 rotates whole heads with base 10000", json_of(kLlama2),
         [](const DecoderConfig& c) {
             QCOMPARE(c.head_dim, 128);
             QCOMPARE(c.rotary_dim, 128);
             QCOMPARE(c.rope_theta, 10000.0);
             QVERIFY(c.rope_scaling.kind == RopeScaling::Kind::None);
             QVERIFY(c.norm == NormKind::RmsNorm && c.gated_mlp && !c.tied_head && !c.attention_bias && !c.mlp_bias);
             QCOMPARE(c.norm_epsilon, 1e-5);
             QCOMPARE(c.attention_scale, 1 / std::sqrt(128.0));
             QCOMPARE(c.window, std::vector<std::int64_t>(32, 0));
             QCOMPARE(c.context, 4096);
         }},
        {"Llama heads share keys only when told so", without(kLlama2, {"num_key_value_heads"}),
         [](const DecoderConfig& c) { QCOMPARE(c.kv_heads, 32); }},
        {"a Llama without rms_norm_eps and context takes the class defaults", without(kLlama2, {"rms_norm_eps", "max_position_embeddings"}),
         [](const DecoderConfig& c) {
             QCOMPARE(c.norm_epsilon, 1e-6);
             QCOMPARE(c.context, 2048);
         }},
        {"Llama attention_bias covers q, k, v and the output", with(kLlama2, R"({"attention_bias": true, "mlp_bias": true})"),
         [](const DecoderConfig& c) { QVERIFY(c.attention_bias && c.attention_output_bias && c.mlp_bias); }},
        {"Llama head_dim may differ from hidden / heads", with(kLlama2, R"({"head_dim": 64})"),
         [](const DecoderConfig& c) {
             QCOMPARE(c.head_dim, 64);
             QCOMPARE(c.rotary_dim, 64);
         }},
        {"linear scaling of the first generation", with(kLlama2, R"({"rope_scaling": {"type": "linear", "factor": 4}})"),
         [](const DecoderConfig& c) {
             QVERIFY(c.rope_scaling.kind == RopeScaling::Kind::Linear);
             QCOMPARE(c.rope_scaling.factor, 4.0);
         }},
        {"rope_parameters a layer type are read when they agree",
         with(kLlama2, R"({"rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 7e5},
                                               "sliding_attention": {"rope_type": "default", "rope_theta": 7e5}}})"),
         [](const DecoderConfig& c) { QCOMPARE(c.rope_theta, 7e5); }},
        {"llama3 without an original context takes the model's",
         with(
             kLlama2,
             R"({"rope_parameters": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "rope_theta": 5e5}})"),
         [](const DecoderConfig& c) { QCOMPARE(c.rope_scaling.original_context, 4096); }},
        {"a config without architectures goes by model_type", without(kLlama2, {"architectures"}),
         [](const DecoderConfig& c) { QCOMPARE(c.architecture, std::string("LlamaForCausalLM")); }},
        {"the head is untied in a Llama that does not say", without(kLlama2, {"tie_word_embeddings"}),
         [](const DecoderConfig& c) { QVERIFY(!c.tied_head); }},
        {"Mistral has a window in every layer", json_of(kMistral), [](const DecoderConfig& c) { QCOMPARE(windows(c, 4096), 32); }},
        {"Mistral sliding_window null means none", with(kMistral, R"({"sliding_window": null})"),
         [](const DecoderConfig& c) { QCOMPARE(windows(c, 0), 32); }},
        {"a Mistral that does not mention it has 4,096 and 8 key heads", without(kMistral, {"sliding_window", "num_key_value_heads"}),
         [](const DecoderConfig& c) {
             QCOMPARE(windows(c, 4096), 32);
             QCOMPARE(c.kv_heads, 8);
         }},
        {"Qwen 2 has biases on q, k, v only", json_of(kQwen2),
         [](const DecoderConfig& c) {
             QVERIFY(c.attention_bias && !c.attention_output_bias && !c.mlp_bias && c.tied_head);
             QCOMPARE(windows(c, 0), 24);
         }},
        {"Qwen 2 windows start at max_window_layers",
         with(kQwen2, R"({"use_sliding_window": true, "sliding_window": 64, "max_window_layers": 20})"),
         [](const DecoderConfig& c) {
             QCOMPARE(windows(c, 64), 4);
             QCOMPARE(c.window[19], 0);
             QCOMPARE(c.window[20], 64);
         }},
        {"Qwen 3 normalises q and k and has its own head_dim", json_of(kQwen3),
         [](const DecoderConfig& c) {
             QVERIFY(c.query_key_norm && !c.attention_bias && !c.attention_output_bias);
             QCOMPARE(c.head_dim, 128);
         }},
        {"Qwen 3 without head_dim has 128", without(kQwen3, {"head_dim"}), [](const DecoderConfig& c) { QCOMPARE(c.head_dim, 128); }},
        {"Qwen 3 layer_types say which layers have a window",
         with(kQwen3, R"({"num_hidden_layers": 3, "use_sliding_window": true, "sliding_window": 9,
                          "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]})"),
         [](const DecoderConfig& c) {
             QCOMPARE(c.window, (std::vector<std::int64_t>{9, 0, 9}));
         }},
        {"Gemma 2 has soft caps, post norms and windows in the even layers", json_of(kGemma2),
         [](const DecoderConfig& c) {
             QVERIFY(c.norm_weight_plus_one && c.post_norms && c.tied_head && c.activation == ActivationKind::GeluTanh);
             QCOMPARE(c.attention_softcap, 50.0);
             QCOMPARE(c.final_softcap, 30.0);
             QCOMPARE(c.attention_scale, 1.0 / 16);
             QCOMPARE(c.embedding_scale, 48.0);
             QCOMPARE(windows(c, 4096), 13);
             QCOMPARE(c.window[0], 4096);
             QCOMPARE(c.window[1], 0);
         }},
        {"Gemma 2 scales the embeddings by the float32 root", with(kGemma2, R"({"hidden_size": 2048, "torch_dtype": "bfloat16"})"),
         // numpy.float32(2048 ** 0.5)
         [](const DecoderConfig& c) { QCOMPARE(c.embedding_scale, 45.254833221435547); }},
        {"Gemma 2 soft caps are off when null, on when absent",
         with(kGemma2, R"({"attn_logit_softcapping": null, "final_logit_softcapping": null, "query_pre_attn_scalar": 144})"),
         [](const DecoderConfig& c) {
             QCOMPARE(c.attention_softcap, 0.0);
             QCOMPARE(c.final_softcap, 0.0);
             QCOMPARE(c.attention_scale, 1.0 / 12);
         }},
        {"GPT-2 has learned positions and plain MLPs", json_of(kGpt2),
         [](const DecoderConfig& c) {
             QVERIFY(c.position == PositionKind::Learned && c.norm == NormKind::LayerNorm && !c.gated_mlp && c.tied_head);
             QVERIFY(c.attention_bias && c.attention_output_bias && c.mlp_bias && c.activation == ActivationKind::GeluTanh);
             QCOMPARE(c.intermediate, 3072);
             QCOMPARE(c.attention_scale, 0.125);
         }},
        {"GPT-2 without scaled scores", with(kGpt2, R"({"scale_attn_weights": false, "n_inner": 100, "activation_function": "relu"})"),
         [](const DecoderConfig& c) {
             QCOMPARE(c.attention_scale, 1.0);
             QCOMPARE(c.intermediate, 100);
             QVERIFY(c.activation == ActivationKind::Relu);
         }},
        {"GPT-Neo alternates, does not scale and has no q, k, v biases", json_of(kGptNeo),
         [](const DecoderConfig& c) {
             QCOMPARE(windows(c, 256), 6);
             QCOMPARE(c.window[0], 0);
             QCOMPARE(c.window[1], 256);
             QCOMPARE(c.attention_scale, 1.0);
             QVERIFY(!c.attention_bias && c.attention_output_bias && c.mlp_bias);
         }},
        {"GPT-Neo attention_layers win over attention_types",
         with(kGptNeo, R"({"num_layers": 2, "attention_layers": ["local", "global"], "attention_types": [[["global", "local"], 1]]})"),
         [](const DecoderConfig& c) {
             QCOMPARE(c.window, (std::vector<std::int64_t>{256, 0}));
         }},
        {"GPT-NeoX rotates a quarter of each head and reads in parallel", json_of(kNeoX),
         [](const DecoderConfig& c) {
             QCOMPARE(c.head_dim, 64);
             QCOMPARE(c.rotary_dim, 16);
             QVERIFY(c.parallel_residual && !c.tied_head && c.activation == ActivationKind::GeluErf && c.attention_bias);
         }},
        {"GPT-NeoX of the second generation, sequential, without attention biases",
         with(kNeoX,
              R"({"rotary_pct": null, "rotary_emb_base": null, "use_parallel_residual": false, "attention_bias": false, "is_decoder": false,
                         "rope_parameters": {"rope_type": "default", "rope_theta": 25000, "partial_rotary_factor": 0.5}})"),
         [](const DecoderConfig& c) {
             QCOMPARE(c.rotary_dim, 32);
             QCOMPARE(c.rope_theta, 25000.0);
             QVERIFY(!c.parallel_residual && !c.attention_bias && !c.attention_output_bias && c.mlp_bias);
         }},
    };
}

std::vector<Fault> faults()
{
    const auto bad = ErrorCode::BadFile;
    const auto no = ErrorCode::Unsupported;
    return {
        {"not an object", Json::array({1, 2}), bad, {"config.json", "[1,2]", "object"}},
        {"neither architectures nor model_type",
         without(kLlama2, {"architectures", "model_type"}),
         bad,
         {"architectures", "missing", "LlamaForCausalLM"}},
        {"an unknown architecture",
         with(kLlama2, R"({"architectures": ["FooForCausalLM"]})"),
         no,
         {"unknown architecture \"FooForCausalLM\" in config.json: expected one of", "GPTNeoXForCausalLM"}},
        {"an unknown model_type without architectures",
         with(without(kLlama2, {"architectures"}).dump().c_str(), R"({"model_type": "bert"})"),
         no,
         {"model_type \"bert\"", "config.json"}},
        {"architecture and model_type disagree",
         with(kLlama2, R"({"model_type": "mistral"})"),
         no,
         {"\"mistral\"", "LlamaForCausalLM", "\"llama\""}},
        {"architectures is a number", with(kLlama2, R"({"architectures": 7})"), bad, {"architectures 7", "list of texts"}},
        {"architectures holds a number", with(kLlama2, R"({"architectures": [7]})"), bad, {"architectures [7]"}},
        {"hidden_size is missing", without(kLlama2, {"hidden_size"}), bad, {"hidden_size is missing in config.json", "65536"}},
        {"vocab_size is zero", with(kLlama2, R"({"vocab_size": 0})"), bad, {"vocab_size 0", "config.json", "16777216"}},
        {"hidden_size is negative", with(kLlama2, R"({"hidden_size": -64})"), bad, {"hidden_size -64"}},
        {"hidden_size is a text", with(kLlama2, R"({"hidden_size": "64"})"), bad, {"hidden_size \"64\"", "integer"}},
        {"hidden_size is a fraction", with(kLlama2, R"({"hidden_size": 64.5})"), bad, {"hidden_size 64.5"}},
        {"num_hidden_layers is absurd", with(kLlama2, R"({"num_hidden_layers": 100000})"), bad, {"num_hidden_layers 100000", "1 to 1024"}},
        {"hidden_size is above 64 bits",
         with(kLlama2, R"({"hidden_size": 18446744073709551615})"),
         bad,
         {"hidden_size 18446744073709551615"}},
        {"context is absurd", with(kLlama2, R"({"max_position_embeddings": 99999999999})"), bad, {"max_position_embeddings 99999999999"}},
        {"an odd head_dim",
         with(kLlama2, R"({"head_dim": 63})"),
         bad,
         {"head_dim 63 in config.json: expected hidden_size / num_attention_heads = 128"}},
        {"hidden_size is no multiple of heads",
         with(kLlama2, R"({"hidden_size": 4097})"),
         bad,
         {"hidden_size 4097", "num_attention_heads = 32"}},
        {"key heads do not divide heads",
         with(kLlama2, R"({"num_key_value_heads": 5})"),
         bad,
         {"num_key_value_heads 5 in config.json", "num_attention_heads = 32"}},
        {"key heads outnumber heads", with(kLlama2, R"({"num_key_value_heads": 64})"), bad, {"num_key_value_heads 64"}},
        {"epsilon is zero", with(kLlama2, R"({"rms_norm_eps": 0})"), bad, {"rms_norm_eps 0", "above 0"}},
        {"theta is a text", with(kLlama2, R"({"rope_theta": "10k"})"), bad, {"rope_theta \"10k\""}},
        {"a tied flag that is a number", with(kLlama2, R"({"tie_word_embeddings": 1})"), bad, {"tie_word_embeddings 1", "true or false"}},
        {"an unknown activation", with(kLlama2, R"({"hidden_act": "mish"})"), no, {"hidden_act \"mish\" in config.json", "silu"}},
        {"quick_gelu is not gelu", with(kGpt2, R"({"activation_function": "quick_gelu"})"), no, {"activation_function \"quick_gelu\""}},
        {"yarn positions",
         with(kLlama2, R"({"rope_scaling": {"rope_type": "yarn", "factor": 4}})"),
         no,
         {"rope_type \"yarn\"", "config.json, rope_scaling", "llama3"}},
        {"dynamic positions", with(kLlama2, R"({"rope_scaling": {"type": "dynamic", "factor": 4}})"), no, {"type \"dynamic\""}},
        {"longrope in the second generation",
         with(kLlama2, R"({"rope_parameters": {"rope_type": "longrope"}})"),
         no,
         {"rope_type \"longrope\"", "rope_parameters"}},
        {"linear without a factor", with(kLlama2, R"({"rope_scaling": {"type": "linear"}})"), bad, {"factor is missing", "rope_scaling"}},
        {"llama3 without its low factor",
         with(kLlama2, R"({"rope_scaling": {"rope_type": "llama3", "factor": 8, "high_freq_factor": 4}})"),
         bad,
         {"low_freq_factor is missing"}},
        {"llama3 factors in the wrong order",
         with(kLlama2, R"({"rope_scaling": {"rope_type": "llama3", "factor": 8, "high_freq_factor": 1, "low_freq_factor": 4}})"),
         bad,
         {"high_freq_factor 1", "low_freq_factor"}},
        {"rope_scaling is a number", with(kLlama2, R"({"rope_scaling": 2})"), bad, {"rope_scaling 2", "object"}},
        {"rotations differ by layer type",
         with(kLlama2, R"({"rope_parameters": {"full_attention": {"rope_theta": 1e6}, "sliding_attention": {"rope_theta": 1e4}}})"),
         no,
         {"rope_parameters", "full_attention"}},
        {"a Llama that rotates half a head",
         with(kLlama2, R"({"partial_rotary_factor": 0.5})"),
         no,
         {"partial_rotary_factor 0.5", "LlamaForCausalLM"}},
        {"quantised weights", with(kLlama2, R"({"quantization_config": {"bits": 4}})"), no, {"quantization_config", "config.json"}},
        {"a mixture of experts", with(kMistral, R"({"num_local_experts": 8})"), no, {"num_local_experts 8"}},
        {"cross attention", with(kGpt2, R"({"add_cross_attention": true})"), no, {"add_cross_attention true"}},
        {"bidirectional attention", with(kGemma2, R"({"use_bidirectional_attention": true})"), no, {"use_bidirectional_attention true"}},
        {"pruned heads", with(kGpt2, R"({"pruned_heads": {"0": [1]}})"), no, {"pruned_heads"}},
        {"GPT-2 scores scaled by the layer",
         with(kGpt2, R"({"scale_attn_by_inverse_layer_idx": true})"),
         no,
         {"scale_attn_by_inverse_layer_idx true"}},
        {"GPT-2 without n_embd", without(kGpt2, {"n_embd"}), bad, {"n_embd is missing"}},
        {"GPT-Neo has too few attention types",
         with(kGptNeo, R"({"attention_types": [[["global"], 3]]})"),
         bad,
         {"attention_types", "12 layers", "found 3"}},
        {"GPT-Neo attention types repeat for ever",
         with(kGptNeo, R"({"attention_types": [[["global"], 9000000000000000]]})"),
         bad,
         {"attention_types"}},
        {"GPT-Neo attention types are malformed",
         with(kGptNeo, R"({"attention_types": [["global", 12]]})"),
         bad,
         {"attention_types", "a list such as"}},
        {"GPT-Neo has an unknown attention type",
         with(kGptNeo, R"({"attention_types": [[["global", "random"], 6]]})"),
         no,
         {"\"random\"", "layer 1"}},
        {"GPT-NeoX rotates an odd number", with(kNeoX, R"({"rotary_pct": 0.27})"), bad, {"rotary_pct 0.27", "found 17"}},
        {"GPT-NeoX rotates more than a head", with(kNeoX, R"({"rotary_pct": 1.5})"), bad, {"rotary_pct 1.5"}},
        {"Qwen layer_types of the wrong length",
         with(kQwen2, R"({"layer_types": ["full_attention"]})"),
         bad,
         {"layer_types", "24 entries", "found 1"}},
        {"Qwen layer_types of an unknown kind",
         with(kQwen3, R"({"num_hidden_layers": 1, "layer_types": ["linear_attention"]})"),
         no,
         {"layer_types \"linear_attention\""}},
        {"Qwen sliding layers without a window",
         with(kQwen3, R"({"num_hidden_layers": 1, "layer_types": ["sliding_attention"]})"),
         bad,
         {"sliding_window", "layer 0"}},
        {"max_window_layers is negative", with(kQwen2, R"({"max_window_layers": -1})"), bad, {"max_window_layers -1"}},
    };
}

}  // namespace

class TestDecoderConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<int>("index");
        const auto rows = readings();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            QTest::addRow("%s", rows[i].name) << static_cast<int>(i);
        }
    }
    void reads()
    {
        QFETCH(int, index);
        const Reading row = readings()[static_cast<std::size_t>(index)];
        const auto config = read_decoder_config(row.config, "config.json");
        QVERIFY2(config.ok(), config ? "" : config.error().message.c_str());
        row.check(*config);
    }

    void countsParameters_data()
    {
        // The numbers of parameters that the publishers state for these models.
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("parameters");
        QTest::addRow("Llama 2 7B") << QByteArray(kLlama2) << qint64{6738415616};
        QTest::addRow("Llama 3.2 1B") << QByteArray(kLlama32) << qint64{1235814400};
        QTest::addRow("Mistral 7B v0.1") << QByteArray(kMistral) << qint64{7241732096};
        QTest::addRow("Qwen2 0.5B") << QByteArray(kQwen2) << qint64{494032768};
        QTest::addRow("Qwen3 0.6B") << QByteArray(kQwen3) << qint64{596049920};
        QTest::addRow("Gemma 2 2B") << QByteArray(kGemma2) << qint64{2614341888};
        QTest::addRow("GPT-2 small") << QByteArray(kGpt2) << qint64{124439808};
        QTest::addRow("GPT-Neo 125M") << QByteArray(kGptNeo) << qint64{125198592};
        QTest::addRow("Pythia 70M") << QByteArray(kNeoX) << qint64{70426624};
    }
    void countsParameters()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, parameters);
        const auto config = read_decoder_config(json_of(text.constData()), "config.json");
        QVERIFY2(config.ok(), config ? "" : config.error().message.c_str());
        QCOMPARE(qint64{config->parameters()}, parameters);
    }

    void bothGenerationsSayTheSame()
    {
        const auto old = read_decoder_config(json_of(kLlama32), "config.json");
        const auto fresh = read_decoder_config(json_of(kLlama32New), "config.json");
        QVERIFY(old.ok() && fresh.ok());
        for (const DecoderConfig& c : {*old, *fresh}) {
            QVERIFY(c.rope_scaling.kind == RopeScaling::Kind::Llama3);
            QCOMPARE(c.rope_theta, 500000.0);
            QCOMPARE(c.rope_scaling.factor, 32.0);
            QCOMPARE(c.rope_scaling.low_frequency_factor, 1.0);
            QCOMPARE(c.rope_scaling.high_frequency_factor, 4.0);
            QCOMPARE(c.rope_scaling.original_context, 8192);
            QVERIFY(c.tied_head);
        }
    }

    void refuses_data()
    {
        QTest::addColumn<int>("index");
        const auto rows = faults();
        QVERIFY(rows.size() >= 35);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            QTest::addRow("%s", rows[i].name) << static_cast<int>(i);
        }
    }
    void refuses()
    {
        QFETCH(int, index);
        const Fault row = faults()[static_cast<std::size_t>(index)];
        const auto config = read_decoder_config(row.config, "config.json");
        QVERIFY(!config.ok());
        const Error& error = config.error();
        QVERIFY2(error.code == row.code, error.message.c_str());
        for (const char* part : row.parts) {
            QVERIFY2(error.message.find(part) != std::string::npos, (error.message + "  lacks  " + part).c_str());
        }
        QVERIFY2(error.message.find("config.json") != std::string::npos, error.message.c_str());
        QVERIFY2(!error.hint.empty(), error.message.c_str());
    }

    void acceptsActivations_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("kind");
        const auto row = [](const char* name, ActivationKind kind) {
            QTest::addRow("%s", name) << QByteArray(name) << static_cast<int>(kind);
        };
        row("silu", ActivationKind::Silu);
        row("swish", ActivationKind::Silu);
        row("gelu", ActivationKind::GeluErf);
        row("gelu_new", ActivationKind::GeluTanh);
        row("gelu_fast", ActivationKind::GeluTanh);
        row("gelu_pytorch_tanh", ActivationKind::GeluTanh);
        row("relu", ActivationKind::Relu);
    }
    void acceptsActivations()
    {
        QFETCH(QByteArray, name);
        QFETCH(int, kind);
        Json json = json_of(kNeoX);
        json["hidden_act"] = name.toStdString();
        const auto config = read_decoder_config(json, "config.json");
        QVERIFY(config.ok());
        QCOMPARE(static_cast<int>(config->activation), kind);
    }

    void listsEightArchitectures() { QCOMPARE(supported_architectures().size(), std::size_t{8}); }
};

QTEST_APPLESS_MAIN(TestDecoderConfig)
#include "test_decoder_config.moc"
