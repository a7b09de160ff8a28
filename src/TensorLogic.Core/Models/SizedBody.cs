using TensorLogic.Graphs;

namespace TensorLogic;

/// <summary>A model whose operations follow from sizes of a caller's tensors: made anew for every set of sizes, and kept for the latest.</summary>
/// <param name="name">Name of the model, for errors.</param>
/// <param name="open">Inputs whose sizes matter.</param>
/// <param name="sizesOf">The sizes that matter of an input's shape, or of what stands for it if it is null; null for a shape that no body takes.</param>
/// <param name="make">Makes the body for given sizes, in the order of <paramref name="open"/>.</param>
internal sealed class SizedBody(string name, IReadOnlyList<FeatureDescription> open, Func<FeatureDescription, Shape?, int[]?> sizesOf, Func<IReadOnlyList<int[]>, ModelBody> make) : ModelBody
{
    private const int Kept = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<(int[][] Sizes, ModelBody Body)> _bodies = [];
    private bool _disposed;

    public override void Prepare(CancellationToken cancellation)
    {
        if (Defaults() is { } sizes) For(sizes).Prepare(cancellation);
    }

    public override Features Run(Features inputs, ModelState? state, CancellationToken cancellation, StepRecorder? recorder = null)
    {
        var sizes = new int[open.Count][];
        for (int i = 0; i < sizes.Length; i++)
        {
            Shape? given = inputs.TryGetValue(open[i].Name, out Feature? feature) && feature.Kind == FeatureKind.Tensor ? feature.AsTensor().Shape : Default(open[i]);
            sizes[i] = sizesOf(open[i], given) ?? throw new FeatureException(open[i].Name, $"The input '{open[i].Name}' is {feature}, expected {open[i]}.") { Place = name };
        }
        return For(sizes).Run(inputs, state, cancellation, recorder);
    }

    public override ModelState CreateState() => For(Defaults() ?? [.. open.Select(_ => Array.Empty<int>())]).CreateState();

    public override IReadOnlyList<Graph> Graphs => Defaults() is { } sizes ? For(sizes).Graphs : [];

    public override string ToText() => For(Defaults() ?? throw new FeatureException(open[0].Name, $"The operations depend on the length of '{open[0].Name}', which has no default.") { Place = name }).ToText();

    private static Shape? Default(FeatureDescription input) => (input.Type as TensorFeatureType)?.DefaultShape;

    private int[][]? Defaults()
    {
        int[]?[] sizes = [.. open.Select(input => sizesOf(input, Default(input)))];
        return sizes.All(size => size is not null) ? [.. sizes.Select(size => size!)] : null;
    }

    // A body that is dropped is left to the collector: another thread may still run it.
    private ModelBody For(int[][] sizes)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (LinkedListNode<(int[][] Sizes, ModelBody Body)>? node = _bodies.First; node is not null; node = node.Next)
            {
                if (!node.Value.Sizes.Zip(sizes).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second))) continue;
                _bodies.Remove(node);
                _bodies.AddFirst(node);
                return node.Value.Body;
            }
            ModelBody body = make(sizes);
            _bodies.AddFirst((sizes, body));
            if (_bodies.Count > Kept) _bodies.RemoveLast();
            return body;
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            foreach ((_, ModelBody body) in _bodies) body.Dispose();
        }
    }
}
