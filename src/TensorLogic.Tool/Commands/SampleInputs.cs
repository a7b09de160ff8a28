namespace TensorLogic.Tool.Commands;

/// <summary>Inputs of the declared types for measuring: the same each time, of harmless values.</summary>
internal static class SampleInputs
{
    public static Features For(IModel model)
    {
        Features features = new();
        Random random = new(1);
        foreach (FeatureDescription input in model.Inputs)
            features[input.Name] = input.Type switch
            {
                ImageFeatureType image => Picture(image, random),
                TensorFeatureType tensor => Numbers(tensor, random),
                { Kind: FeatureKind.String } => "",
                { Kind: FeatureKind.Int64 } => 0L,
                { Kind: FeatureKind.Double } => 0.0,
                DictionaryFeatureType => Feature.Dictionary([]),
                _ => Feature.Sequence([]),
            };
        return features;
    }

    private static Tensor Numbers(TensorFeatureType type, Random random)
    {
        Shape shape = type.DefaultShape ?? (type.EnumeratedShapes.Length > 0 ? type.EnumeratedShapes[0]
            : Shape.Create([.. type.Tensor.Dimensions.Select((size, axis) => size.Size ?? (int)Math.Max(1, axis < type.Ranges.Length ? type.Ranges[axis].Least : 1))]));
        using Tensor<double> values = Tensor<double>.Create(shape);
        // Integers are often indices into a table: 0 and 1 are valid ones nearly everywhere.
        foreach (ref double value in values.Span) value = type.Tensor.ElementType.IsFloat ? random.NextDouble() * 2 - 1 : random.Next(2);
        return values.To(type.Tensor.ElementType);
    }

    private static Image Picture(ImageFeatureType type, Random random)
    {
        if (type.Layout == ColorLayout.GrayscaleFloat16) return new Image(Tensor<Half>.Create([type.Height, type.Width]));
        Tensor<byte> pixels = Tensor<byte>.Create(type.Layout == ColorLayout.Grayscale ? [type.Height, type.Width] : [type.Height, type.Width, 3]);
        random.NextBytes(pixels.Span);
        return new Image(pixels);
    }
}
