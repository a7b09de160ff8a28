using System.Numerics;
using System.Runtime.CompilerServices;

namespace TensorLogic.Cpu.Kernels;

/// <summary>What a kernel does to its results while they are still in the cache: the nodes that follow it, fused into it.</summary>
/// <param name="Name">For the plan's text: <c>add + relu</c>.</param>
/// <param name="Steps">In order: a function, or the index of an input of the output's shape that is added.</param>
internal sealed record Epilogue(string Name, IReadOnlyList<(UnaryFunction? Function, int AddInput)> Steps)
{
    public static Epilogue None { get; } = new("", []);

    public Epilogue Then(string name, UnaryFunction? function, int addInput) =>
        new(Name.Length == 0 ? name : $"{Name} + {name}", [.. Steps, (function, addInput)]);

    /// <summary>The epilogue over the tensors of one run.</summary>
    public BoundEpilogue Bind(KernelContext context, Tensor output) => new(this, context, output);
}

/// <summary>An epilogue with its tensors.</summary>
internal sealed unsafe class BoundEpilogue : IDisposable
{
    private readonly Epilogue _epilogue;
    private readonly Tensor?[] _added;
    private readonly float* _output;

    public BoundEpilogue(Epilogue epilogue, KernelContext context, Tensor output)
    {
        _epilogue = epilogue;
        _output = (float*)output.Pointer;
        _added = new Tensor?[epilogue.Steps.Count];
        for (int i = 0; i < _added.Length; i++)
        {
            if (epilogue.Steps[i].Function is not null) continue;
            int input = epilogue.Steps[i].AddInput;
            if (context.Input(input).Shape != output.Shape) throw context.Error(input, context.Input(input).ToString(), output.ToString());
            _added[i] = context.Dense(input);
        }
    }

    public bool IsEmpty => _added.Length == 0;

    /// <summary>Applies it to a run of output elements.</summary>
    public void Apply(float* results, long count)
    {
        for (int i = 0; i < _added.Length; i++)
            if (_epilogue.Steps[i].Function is { } function) function.Apply(results, results, count);
            else Add(results, (float*)_added[i]!.Pointer + (results - _output), count);
    }

    // In bounds: the added tensor has the shape of the output, of which results are a part.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Add(float* results, float* added, long count)
    {
        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Store(Vector.Load(results + i) + Vector.Load(added + i), results + i);
        for (; i < count; i++) results[i] += added[i];
    }

    public void Dispose()
    {
        foreach (Tensor? tensor in _added) tensor?.Dispose();
    }
}
