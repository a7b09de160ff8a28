using System.Collections.Immutable;

namespace TensorLogic.CoreML.Specification;

/// <summary>The weights of a model, whatever its kind, those of a pipeline's members included.</summary>
internal sealed class ModelWeights
{
    private readonly List<(string Name, MilWeight Weight)> _constants = [];
    private readonly List<(string Name, WeightSpecification Weight)> _layers = [];
    private readonly Dictionary<Quantization, long> _bytes = [];

    /// <summary>Stored bytes by storage.</summary>
    public IReadOnlyDictionary<Quantization, long> Bytes => _bytes;

    public int Count => _constants.Count + _layers.Count;

    /// <summary>Elements before compression.</summary>
    public long ParameterCount { get; private set; }

    public static ModelWeights Find(ModelSpecification specification)
    {
        ModelWeights weights = new();
        weights.Add(specification, "");
        return weights;
    }

    private void Add(ModelSpecification specification, string prefix)
    {
        if (specification.Program is MilProgram program)
            foreach (MilWeight weight in MilWeights.Find(program))
            {
                _constants.Add((prefix + weight.Name, weight));
                Tally(weight.Storage, weight.ByteCount, weight.Type.IsStatic ? weight.Type.Tensor.Shape.ElementCount : 0);
            }
        foreach (LayerSpecification layer in specification.Network?.AllLayers ?? [])
            foreach (WeightSpecification weight in layer.Weights)
            {
                _layers.Add(($"{prefix}{layer.Name}.{weight.Field}", weight));
                Tally(weight.Storage, weight.ByteCount, weight.ElementCount);
            }
        for (int i = 0; i < specification.Members.Count; i++) Add(specification.Members[i], $"{prefix}model{i}.");
    }

    private void Tally(Quantization storage, long bytes, long elements)
    {
        if (bytes > 0) _bytes[storage] = _bytes.GetValueOrDefault(storage) + bytes;
        ParameterCount += elements;
    }

    /// <summary>The weights by name, sorted.</summary>
    /// <param name="read">Makes the tensor of a program's weight.</param>
    public IReadOnlyDictionary<string, ModelTensor> Describe(Func<MilWeight, Tensor> read)
    {
        var tensors = new SortedDictionary<string, ModelTensor>(StringComparer.Ordinal);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string name, MilWeight weight) in _constants)
        {
            ImmutableArray<long> sizes = [.. weight.Type.Dimensions.Select(dimension => (long)(dimension.Size ?? 0))];
            Add(tensors, numbers, name, unique => new(unique, weight.Storage, weight.Type.Tensor.ElementType, sizes, weight.ByteCount, () => read(weight)));
        }
        foreach ((string name, WeightSpecification weight) in _layers)
            Add(tensors, numbers, name, unique => new(unique, weight.Storage, ElementTypeOf(weight), [weight.ElementCount], weight.ByteCount, weight.Read));
        return tensors;
    }

    private static ElementType ElementTypeOf(WeightSpecification weight) => weight.Storage.Name switch
    {
        "F16" => ElementType.Float16,
        "Int8" => ElementType.Int8,
        _ => ElementType.Float32,
    };

    /// <summary>Two layers may have one name; the second is numbered.</summary>
    private static void Add(SortedDictionary<string, ModelTensor> tensors, Dictionary<string, int> numbers, string name, Func<string, ModelTensor> make)
    {
        string unique = name;
        while (tensors.ContainsKey(unique)) unique = $"{name}_{numbers[name] = numbers.GetValueOrDefault(name) + 1}";
        tensors.Add(unique, make(unique));
    }
}
