using System.Diagnostics;
using TensorLogic.BenchmarkNetworks;

string[] names = [.. args.Where(argument => argument != "--onnx")];
string? unknown = names.FirstOrDefault(name => !BenchmarkNetwork.Names.Contains(name));
if (unknown is not null)
{
    Console.Error.WriteLine($"There is no network '{unknown}'. There are: {string.Join(", ", BenchmarkNetwork.Names)}.");
    return 2;
}
foreach (string name in names.Length == 0 ? BenchmarkNetwork.Names : names)
{
    long started = Stopwatch.GetTimestamp();
    string path = args.Contains("--onnx") ? BenchmarkNetwork.Onnx(name) : BenchmarkNetwork.Package(name);
    Console.WriteLine($"{path}  {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
}
return 0;
