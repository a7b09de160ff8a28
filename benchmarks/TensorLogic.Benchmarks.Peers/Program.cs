using System.Globalization;
using TensorLogic.BenchmarkNetworks;
using TensorLogic.Benchmarks.Peers;

// Usage: [--threads N]... [--pairs N] [--pause MS] [NETWORK...]
List<int> threads = [];
List<string> networks = [];
int pairs = 40, pause = 100;
for (int i = 0; i < args.Length; i++)
    if (args[i] == "--threads") threads.Add(int.Parse(args[++i], CultureInfo.InvariantCulture));
    else if (args[i] == "--pairs") pairs = int.Parse(args[++i], CultureInfo.InvariantCulture);
    else if (args[i] == "--pause") pause = int.Parse(args[++i], CultureInfo.InvariantCulture);
    else networks.Add(args[i]);
if (threads.Count == 0) threads = [1, Environment.ProcessorCount];
if (networks.Count == 0) networks = [.. BenchmarkNetwork.Names];

Console.WriteLine($"{Peer.Settings}; {pairs} pairs, interleaved; medians in ms.");
Console.WriteLine();
Console.WriteLine("| network | threads | ONNX Runtime | TensorLogic | ratio | cosine (ours, theirs) |");
Console.WriteLine("|---|---|---|---|---|---|");
foreach (int count in threads.Distinct())
{
    List<double> ratios = [];
    foreach (string network in networks)
    {
        ComparisonRow row = Comparison.Run(network, count, pairs, pause);
        ratios.Add(row.Ratio);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {row.Network} | {row.Threads} | {row.Peer:0.00} | {row.Ours:0.00} | {row.Ratio:0.00} | {row.Cosine:0.0000000}, {row.PeerCosine:0.0000000} |"));
    }
    if (networks.Count > 1)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| geometric mean | {count} | | | {Math.Exp(ratios.Average(Math.Log)):0.00} | |"));
}
