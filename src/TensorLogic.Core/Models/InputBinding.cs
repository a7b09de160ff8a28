namespace TensorLogic;

/// <summary>How a feature becomes a tensor of the graph.</summary>
/// <param name="Description">What the model declares.</param>
/// <param name="Type">What the graph takes.</param>
internal sealed record InputBinding(FeatureDescription Description, TensorType Type)
{
    /// <summary>The tensor for the graph: contiguous, of its element type. The caller disposes it.</summary>
    /// <exception cref="FeatureException">The feature is missing or of another kind.</exception>
    /// <exception cref="ShapeException">Its size is not one that the model takes.</exception>
    public Tensor Bind(Features given, string model)
    {
        if (!given.TryGetValue(Description.Name, out Feature? feature)) return Default(model);
        return Description.Type switch
        {
            ImageFeatureType image => BindImage(feature, image, model),
            _ => BindTensor(feature, model),
        };
    }

    private Tensor Default(string model)
    {
        if (!Description.IsOptional)
            throw new FeatureException(Description.Name, $"The input '{Description.Name}' is missing.") { Place = model, Remedy = $"Give {Description}." };
        TensorFeatureType? declared = Description.Type as TensorFeatureType;
        Shape shape = declared?.DefaultShape ?? (Type.IsStatic ? Type.Shape
            : throw new FeatureException(Description.Name, $"The input '{Description.Name}' has no default size.") { Place = model, Remedy = $"Give {Description}." });
        using Tensor value = Tensor.Scalar(declared?.DefaultValue ?? 0.0);
        using Tensor converted = value.To(Type.ElementType);
        using Tensor all = converted.BroadcastTo(shape);
        return all.Clone();
    }

    private Tensor BindTensor(Feature feature, string model)
    {
        TensorFeatureType? declared = Description.Type as TensorFeatureType;
        if (feature.Kind is FeatureKind.Double or FeatureKind.Int64 && (Type.Rank == 0 || Type.IsStatic && Type.Shape.ElementCount == 1))
        {
            using Tensor number = Tensor.Scalar(feature.Kind == FeatureKind.Double ? feature.AsDouble() : feature.AsInt64());
            using Tensor single = number.To(Type.ElementType);
            return single.Reshape(Type.Shape.Sizes);
        }
        if (feature.Kind != FeatureKind.Tensor) throw WrongKind(feature, "a tensor", model);
        Tensor tensor = feature.AsTensor();
        if (!Accepts(declared, tensor.Shape))
            throw new ShapeException { Operator = "predict", Node = model, Input = Description.Name, Actual = tensor.ToString(), Expected = Expected(declared) };
        return tensor.ElementType == Type.ElementType ? tensor.Contiguous() : tensor.To(Type.ElementType);
    }

    private bool Accepts(TensorFeatureType? declared, Shape shape)
    {
        if (!Type.Accepts(shape)) return false;
        if (declared is null) return true;
        if (declared.EnumeratedShapes.Length > 0) return declared.EnumeratedShapes.Contains(shape);
        if (declared.Ranges.Length == 0) return true;
        return declared.Ranges.Length == shape.Rank
            && declared.Ranges.Zip(shape).All(pair => pair.Second >= pair.First.Least && (pair.First.Greatest < 0 || pair.Second <= pair.First.Greatest));
    }

    private string Expected(TensorFeatureType? declared)
    {
        if (declared is { EnumeratedShapes.Length: > 0 }) return $"{Type.ElementType.Name} of one of the shapes {string.Join(", ", declared.EnumeratedShapes)}";
        if (declared is { Ranges.Length: > 0 })
            return $"{Type.ElementType.Name}[{string.Join(", ", declared.Ranges.Select(range => range.Least == range.Greatest ? $"{range.Least}" : range.Greatest < 0 ? $"{range.Least} or more" : $"{range.Least} to {range.Greatest}"))}]";
        return Type.ToString();
    }

    private Tensor BindImage(Feature feature, ImageFeatureType declared, string model)
    {
        Image image = feature.Kind switch
        {
            FeatureKind.Image => feature.AsImage(),
            FeatureKind.Tensor => AsImage(feature.AsTensor(), declared, model),
            _ => throw WrongKind(feature, "an image", model),
        };
        if (!Accepts(declared, image.Width, image.Height))
        {
            if (image.Fit is not ImageFit fit)
                throw new ShapeException
                {
                    Operator = "predict",
                    Node = model,
                    Input = Description.Name,
                    Actual = $"an image of {image.Width}x{image.Height}",
                    Expected = declared.ToString(),
                    Remedy = $"Give the image an {nameof(ImageFit)}, or resize it.",
                };
            image = ImageResizer.Resize(image, declared.Width, declared.Height, fit);
        }
        return ImageConversion.ToTensor(image, declared.Layout, Type.ElementType, Type.Rank);
    }

    private static bool Accepts(ImageFeatureType declared, int width, int height)
    {
        if (width == declared.Width && height == declared.Height) return true;
        if (declared.EnumeratedSizes.Contains((width, height))) return true;
        return declared is { WidthRange: { } w, HeightRange: { } h }
            && width >= w.Least && (w.Greatest < 0 || width <= w.Greatest) && height >= h.Least && (h.Greatest < 0 || height <= h.Greatest);
    }

    private Image AsImage(Tensor tensor, ImageFeatureType declared, string model)
    {
        bool bytes = tensor.ElementType == ElementType.UInt8 && (tensor.Rank == 2 || tensor.Rank == 3 && tensor.Shape[2] is 1 or 3);
        bool halves = tensor is { ElementType: ElementType.Float16, Rank: 2 } && declared.Layout == ColorLayout.GrayscaleFloat16;
        if (!bytes && !halves)
            throw new FeatureException(Description.Name, $"The image input '{Description.Name}' cannot be a tensor {tensor}.") { Place = model, Remedy = "Give u8[height, width] or u8[height, width, 3] in RGB order." };
        return new Image(tensor is { Rank: 3 } && tensor.Shape[2] == 1 ? tensor.Select(2, 0) : tensor);
    }

    private FeatureException WrongKind(Feature feature, string expected, string model) =>
        new(Description.Name, $"The input '{Description.Name}' takes {expected}, not a {feature.Kind}.") { Place = model, Remedy = $"Give {Description}." };
}
