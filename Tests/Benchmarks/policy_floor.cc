// The floor under a decision that gets its input as text: the time the fastest JSON parser we know of
// takes to read the text at all. No policy, no answer.
//
//   policy_floor INPUT ROUNDS   prints microseconds: median, minimum

#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char **argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: policy_floor INPUT ROUNDS\n");
        return 64;
    }
    simdjson::padded_string text;
    if (simdjson::padded_string::load(argv[1]).get(text)) {
        std::fprintf(stderr, "policy_floor: %s cannot be read\n", argv[1]);
        return 2;
    }
    simdjson::dom::parser parser;
    std::vector<double> times;
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    for (int round = 0; round < std::atoi(argv[2]); round++) {
        auto const start = std::chrono::steady_clock::now();
        simdjson::dom::element document;
        if (parser.parse(text).get(document)) return 2;
        auto const now = std::chrono::steady_clock::now();
        times.push_back(std::chrono::duration<double, std::micro>(now - start).count());
        if (now > end) break;
    }
    std::sort(times.begin(), times.end());
    std::printf("%.2f %.2f\n", times[times.size() / 2], times.front());
    return 0;
}
