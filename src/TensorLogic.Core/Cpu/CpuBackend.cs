using System.Collections.Immutable;
using System.Runtime.Intrinsics;
using TensorLogic.Graphs;
using TensorLogic.Graphs.Passes;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>The portable CPU runtime.</summary>
internal sealed class CpuBackend(int threads) : IBackend
{
    private readonly BlockPool _pool = new();

    public Device Device => Device.Cpu;

    public Workers Workers { get; } = new(threads);

    public string Description
    {
        get
        {
            int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
            return $"CPU, {threads} {(threads == 1 ? "thread" : "threads")}, {(bits == 0 ? "scalar" : $"{bits}-bit vectors")}";
        }
    }

    public Tensor[] Run(Operator @operator, OperatorAttributes attributes, ReadOnlySpan<Tensor?> inputs, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Tensor?[] given = inputs.ToArray();
        InferenceContext inference = new(@operator, "", null, Array.ConvertAll(given, tensor => tensor is null ? null : (ValueType)new TensorValueType(tensor.Type)), given);
        inference.CheckSignature();
        ImmutableArray<ValueType> types = @operator.Infer(inference, attributes);
        if (MemoryBudget.Current is { } budget) budget.Expect(Bytes(types));
        SingleContext context = new(@operator, given, types, Workers, _pool, cancellation);
        try
        {
            if (KernelTable.Choose(KernelRequest.For(@operator, attributes, given, types)) is { } kernel) kernel.Run(context);
            else @operator.Evaluate(context, attributes);
            return context.Outputs;
        }
        catch
        {
            context.Discard();
            throw;
        }
    }

    // What a kernel will surely allocate, known before it starts.
    private static Int128 Bytes(ImmutableArray<ValueType> types)
    {
        Int128 bytes = 0;
        foreach (ValueType type in types)
        {
            if (type is not TensorValueType { Tensor: { IsStatic: true } tensor }) continue;
            Int128 size = tensor.ElementType.Bits / 8;
            foreach (Dimension dimension in tensor.Dimensions) size = size > long.MaxValue ? size : size * dimension.Size!.Value;
            bytes += size;
        }
        return bytes;
    }

    public IExecutable Compile(Graph graph, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        Graph own = GraphCopy.Of(graph);
        FoldConstants.Run(own, this);
        RemoveDeadNodes.Run(own);
        return new CpuExecutable(this, new CpuProgram(own, options));
    }

    public void Dispose()
    {
        Workers.Dispose();
        _pool.Dispose();
    }
}
