// The verbs of the program: each function adds one to the command line and stands in a file of the
// verb's name.
#pragma once

namespace CLI {
class App;
}

namespace parley::tools {

void add_bench(CLI::App& program);
void add_connect(CLI::App& program);
void add_dis(CLI::App& program);
void add_echo(CLI::App& program);
void add_keygen(CLI::App& program);
void add_listen(CLI::App& program);
void add_probe(CLI::App& program);
void add_send(CLI::App& program);

}  // namespace parley::tools
