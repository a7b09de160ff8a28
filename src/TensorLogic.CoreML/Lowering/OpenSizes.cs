using System.Collections.Immutable;
using TensorLogic.CoreML.Specification;

namespace TensorLogic.CoreML.Lowering;

/// <summary>Inputs whose sizes decide about a model's operations, and the description of the model for given sizes.</summary>
internal abstract class OpenSizes(FunctionDescription description, IReadOnlyList<FeatureDescription> inputs)
{
    public IReadOnlyList<FeatureDescription> Inputs => inputs;

    /// <summary>Vectors of any length, whose length is the number of axes of some value; null if the model has none.</summary>
    public static OpenSizes? OfVectors(FunctionDescription description)
    {
        FeatureDescription[] vectors = [.. description.Inputs.Where(input => input.Type is TensorFeatureType { Tensor: { Rank: 1, IsStatic: false } })];
        return vectors.Length == 0 ? null : new Vectors(description, vectors);
    }

    /// <summary>Arrays [C] and [C, H, W] of networks before exact shapes, which a caller may give with a sequence and a batch before them; null if the model has none.</summary>
    public static LegacyArrays? OfLegacyArrays(FunctionDescription description)
    {
        FeatureDescription[] arrays = [.. description.Inputs.Where(input => input.Type is TensorFeatureType { Tensor.Rank: 1 or 3 })];
        return arrays.Length == 0 ? null : new LegacyArrays(description, arrays);
    }

    /// <summary>The sizes that matter of an input with a shape; of one that is missing if it is null. Null if no model takes the shape.</summary>
    public abstract int[]? SizesOf(FeatureDescription input, Shape? shape);

    /// <summary>The model's features for given sizes of the inputs.</summary>
    public FunctionDescription With(IReadOnlyList<int[]> sizes) => description with
    {
        Inputs = [.. description.Inputs.Select(input => Place(input) is >= 0 and var place ? input with { Type = With((TensorFeatureType)input.Type, sizes[place]) } : input)],
    };

    protected abstract TensorFeatureType With(TensorFeatureType type, int[] sizes);

    private int Place(FeatureDescription input)
    {
        for (int i = 0; i < inputs.Count; i++)
            if (ReferenceEquals(inputs[i], input)) return i;
        return -1;
    }

    private sealed class Vectors(FunctionDescription description, IReadOnlyList<FeatureDescription> inputs) : OpenSizes(description, inputs)
    {
        public override int[]? SizesOf(FeatureDescription input, Shape? shape) => shape switch
        {
            null => [0],
            { Rank: 1 } vector => [vector[0]],
            _ => null,
        };

        protected override TensorFeatureType With(TensorFeatureType type, int[] sizes) => type with { Tensor = new(type.Tensor.ElementType, [sizes[0]]) };
    }

    /// <summary>Sizes are those of sequence and batch, or none where an array comes as it is declared.</summary>
    public sealed class LegacyArrays(FunctionDescription description, IReadOnlyList<FeatureDescription> inputs) : OpenSizes(description, inputs)
    {
        public override int[]? SizesOf(FeatureDescription input, Shape? shape) =>
            shape is { } given && given.Rank == ((TensorFeatureType)input.Type).Tensor.Rank + 2 && given[0] > 0 && given[1] > 0 ? [given[0], given[1]] : [];

        /// <summary>The inputs that come with a sequence and a batch.</summary>
        public IReadOnlySet<string> Leading(IReadOnlyList<int[]> sizes) => Enumerable.Range(0, sizes.Count).Where(i => sizes[i].Length > 0).Select(i => Inputs[i].Name).ToHashSet();

        protected override TensorFeatureType With(TensorFeatureType type, int[] sizes)
        {
            if (sizes.Length == 0) return type;
            ImmutableArray<int> leading = [.. sizes];
            return type with
            {
                Tensor = new(type.Tensor.ElementType, [.. leading.Select(size => (Dimension)size), .. type.Tensor.Dimensions]),
                Ranges = type.Ranges.Length == 0 ? [] : [.. leading.Select(size => (size, size)), .. type.Ranges],
                EnumeratedShapes = [.. type.EnumeratedShapes.Select(shape => Shape.Create([.. leading, .. shape.Sizes]))],
                DefaultShape = null,
            };
        }
    }
}
