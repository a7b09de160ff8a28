using BenchmarkDotNet.Running;
using TensorLogic.Benchmarks;

foreach (TensorLogic.Device device in Devices.Absent) Console.WriteLine($"{device}: absent");
BenchmarkSwitcher.FromAssembly(typeof(Devices).Assembly).Run(args);
