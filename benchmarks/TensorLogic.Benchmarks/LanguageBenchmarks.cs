using BenchmarkDotNet.Attributes;
using TensorLogic.Language;

namespace TensorLogic.Benchmarks;

/// <summary>What the language costs: a loop of scalars, an equation beside the operator that it is, and an operator called from a script beside the
/// call from C#.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Cleanup disposes.")]
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
public class LanguageBenchmarks
{
    private const int Calls = 1000;

    private readonly TensorLogicRuntime _runtime = TensorLogicRuntime.CreateBuilder().Build();
    private Engine _engine = null!;
    private TensorFunctions _functions = null!;
    private Script _loop = null!, _equation = null!, _calls = null!, _empty = null!;
    private Tensor _a = null!, _b = null!, _small = null!;

    [GlobalSetup]
    public void Setup()
    {
        _functions = _runtime.CreateFunctions();
        _a = Random(512, 512);
        _b = Random(512, 512);
        _small = Random(4, 1);
        _engine = new Engine(new EngineOptions { Runtime = _runtime, StepLimit = long.MaxValue });
        _engine.Set("A", _a);
        _engine.Set("B", _b);
        _engine.Set("x", _small);
        _engine.Set("y", _small);
        _loop = _engine.Compile("let s = 0\nlet i = 0\nwhile i < 1000000 {\n    s = s + i\n    i = i + 1\n}");
        _equation = _engine.Compile("C[i, k] = A[i, j] B[j, k]");
        _calls = _engine.Compile($"for n in 0..{Calls} {{ y = relu(x) }}");
        _empty = _engine.Compile($"for n in 0..{Calls} {{ y = x }}");
    }

    private static Tensor<float> Random(int rows, int columns)
    {
        Random random = new(1);
        return Tensor.FromArray(Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() - 0.5f).ToArray(), [rows, columns]);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _engine.Dispose();
        _runtime.Dispose();
    }

    [Benchmark]
    [BenchmarkCategory("a million turns of a loop of scalars")]
    public void ScalarLoop() => _engine.Run(_loop);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("512 x 512 x 512")]
    public Tensor MatMul() => _functions.MatMul(_a, _b);

    [Benchmark]
    [BenchmarkCategory("512 x 512 x 512")]
    public void Equation() => _engine.Run(_equation);

    [Benchmark(OperationsPerInvoke = Calls)]
    [BenchmarkCategory("one call of relu on four numbers")]
    public void CallFromScript() => _engine.Run(_calls);

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls)]
    [BenchmarkCategory("one call of relu on four numbers")]
    public void CallFromCSharp()
    {
        for (int i = 0; i < Calls; i++) _functions.Relu(_small);
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    [BenchmarkCategory("one call of relu on four numbers")]
    public void SameLoopWithoutTheCall() => _engine.Run(_empty);
}
