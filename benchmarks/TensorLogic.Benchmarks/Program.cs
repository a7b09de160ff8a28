using BenchmarkDotNet.Running;
using TensorLogic.Benchmarks;

// The comparison with another process is no benchmark of methods.
if (args is ["closure"]) return ClosureComparison.Run();

foreach (TensorLogic.Device device in Devices.Absent) Console.WriteLine($"{device}: absent");
BenchmarkSwitcher.FromAssembly(typeof(Devices).Assembly).Run(args);
return 0;
