namespace TensorLogic;

/// <summary>A model whose values have as many axes as a caller's vector has elements: made anew for every length, and kept for the latest.</summary>
/// <param name="name">Name of the model, for errors.</param>
/// <param name="vectors">Inputs that are vectors of any length.</param>
/// <param name="make">Makes the body for given lengths, in the order of <paramref name="vectors"/>.</param>
internal sealed class SizedBody(string name, IReadOnlyList<FeatureDescription> vectors, Func<IReadOnlyList<int>, ModelBody> make) : ModelBody
{
    // Lengths are numbers of axes, of which there are few.
    private const int Kept = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<(int[] Lengths, ModelBody Body)> _bodies = [];
    private bool _disposed;

    public override void Prepare(CancellationToken cancellation)
    {
        if (Defaults() is { } lengths) For(lengths).Prepare(cancellation);
    }

    public override Features Run(Features inputs, ModelState? state, CancellationToken cancellation)
    {
        int[] lengths = Defaults() ?? new int[vectors.Count];
        for (int i = 0; i < lengths.Length; i++)
            if (inputs.TryGetValue(vectors[i].Name, out Feature? given))
                lengths[i] = given.Kind == FeatureKind.Tensor && given.AsTensor() is { Rank: 1 } vector ? vector.Shape[0]
                    : throw new FeatureException(vectors[i].Name, $"The input '{vectors[i].Name}' is {given}, expected {vectors[i]}.") { Place = name };
        return For(lengths).Run(inputs, state, cancellation);
    }

    public override ModelState CreateState() => For(Defaults() ?? new int[vectors.Count]).CreateState();

    public override string ToText() => For(Defaults() ?? throw new FeatureException(vectors[0].Name, $"The operations depend on the length of '{vectors[0].Name}', which has no default.") { Place = name }).ToText();

    private int[]? Defaults()
    {
        Shape?[] shapes = [.. vectors.Select(vector => ((TensorFeatureType)vector.Type).DefaultShape)];
        return shapes.All(shape => shape is { Rank: 1 }) ? [.. shapes.Select(shape => shape!.Value[0])] : null;
    }

    // A body that is dropped is left to the collector: another thread may still run it.
    private ModelBody For(int[] lengths)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (LinkedListNode<(int[] Lengths, ModelBody Body)>? node = _bodies.First; node is not null; node = node.Next)
            {
                if (!node.Value.Lengths.AsSpan().SequenceEqual(lengths)) continue;
                _bodies.Remove(node);
                _bodies.AddFirst(node);
                return node.Value.Body;
            }
            ModelBody body = make(lengths);
            _bodies.AddFirst((lengths, body));
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
