using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

/// <summary>Lowers a neural network, classifier or regressor to a graph with the bindings of its features.</summary>
internal static class NetworkLowering
{
    /// <exception cref="UnsupportedOperatorException">A layer does not run here.</exception>
    /// <exception cref="ModelFormatException">The network is broken.</exception>
    /// <param name="lowering">What the model's parts share.</param>
    /// <param name="specification">The model.</param>
    /// <param name="description">Its features.</param>
    /// <param name="leading">Arrays that come with a sequence and a batch before the axes that the model declares.</param>
    public static GraphBody Lower(LoweringScope lowering, ModelSpecification specification, FunctionDescription description, IReadOnlySet<string>? leading = null)
    {
        NeuralNetworkSpecification network = specification.Network!;
        GraphBuilder builder = new("main");
        LayerScope scope = new(builder);
        TensorHold hold = new(scope);
        string path = $"{lowering.Place}.{ModelKinds.NameOf(specification.Kind)}";
        try
        {
            List<InputBinding> inputs = [.. description.Inputs.Select(input => Bind(input, network, leading?.Contains(input.Name) == true, builder, scope, path, specification.File))];
            Preprocess(network, description, scope, path, specification.File);
            string probabilities = ProbabilitiesBlob(specification, network, description);
            IEnumerable<string> results = description.Outputs.Select(output => output.Name).Append(probabilities);
            LayerSequence.Lower(network.Layers, scope, $"{path}.layers", new NetworkContext(network, results, specification.File, lowering.Limits, lowering.CustomLayers));
            NetworkOutputs outputs = new(scope, network, specification.File, path);
            List<OutputBinding> bindings = [.. description.Outputs.Select(output => outputs.Bind(output, description, probabilities))];
            return new GraphBody(lowering.Name, builder.Build([.. outputs.Results]), lowering.Backend, inputs, bindings, hold);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    private static string ProbabilitiesBlob(ModelSpecification specification, NeuralNetworkSpecification network, FunctionDescription description)
    {
        if (specification.Kind != ModelKind.NeuralNetworkClassifier) return "";
        if (network.ProbabilitiesBlob.Length > 0) return network.ProbabilitiesBlob;
        return network.Layers.LastOrDefault(layer => layer.Outputs.Count > 0)?.Outputs[0] ?? description.PredictedProbabilitiesName;
    }

    /// <summary>An input of the graph, and the blob that the layers see.</summary>
    private static InputBinding Bind(FeatureDescription input, NeuralNetworkSpecification network, bool leads, GraphBuilder builder, LayerScope scope, string path, string file)
    {
        if (input.Type is ImageFeatureType image)
        {
            int channels = image.Layout is ColorLayout.Rgb or ColorLayout.Bgr ? 3 : 1;
            bool varies = image.EnumeratedSizes.Length > 0 || image.WidthRange is not null;
            TensorType pixels = new(ElementType.Float32, [1, channels, varies ? Dimension.Unknown : image.Height, varies ? Dimension.Unknown : image.Width]);
            scope.Set(input.Name, new Blob(builder.Input(input.Name, pixels), network.HasRank4Images ? 4 : 5));
            return new InputBinding(input, pixels);
        }
        TensorType type = input.Type switch
        {
            TensorFeatureType tensor => tensor.Tensor.WithElementType(ElementType.Float32),
            ScalarFeatureType { Kind: FeatureKind.Double or FeatureKind.Int64 } => new(ElementType.Float32, [1]),
            _ => throw new ModelFormatException(file, $"The input '{input.Name}' is {input.Type}, which no neural network takes.", field: path),
        };
        if (type.Rank == 0) throw new ModelFormatException(file, $"The input '{input.Name}' has no axes.", field: path);
        Value value = builder.Input(input.Name, type);
        Blob blob = new(value);
        // Arrays of older networks: [C] and [C, H, W] are parts of [sequence, batch, C, H, W]. Other ranks have no rule and stay as they are.
        if (leads) blob = new Blob(type.Rank == 3 ? builder.Add($"{input.Name}.planes", Op.ExpandDims, new Op.AxesAttributes([3, 4]), value) : value, 5);
        else if (!network.HasExactArrays && type.Rank == 1) blob = new Blob(builder.Add($"{input.Name}.planes", Op.ExpandDims, new Op.AxesAttributes([0, 2, 3]), value), 5);
        else if (!network.HasExactArrays && type.Rank == 3) blob = new Blob(builder.Add($"{input.Name}.planes", Op.ExpandDims, new Op.AxesAttributes([0]), value), 5);
        scope.Set(input.Name, blob);
        return new InputBinding(input, type);
    }

    private static void Preprocess(NeuralNetworkSpecification network, FunctionDescription description, LayerScope scope, string path, string file)
    {
        foreach (PreprocessingSpecification step in network.Preprocessing)
        {
            FeatureDescription feature = description.Inputs.FirstOrDefault(input => step.Feature.Length == 0 ? input.Type is ImageFeatureType : input.Name == step.Feature)
                ?? throw new ModelFormatException(file, $"Expected the name of an input, found '{step.Feature}'.", field: $"{path}.preprocessing");
            Blob blob = scope.Find(feature.Name)!;
            int channels = blob.Value.TensorType.Rank >= 3 ? blob.Sizes[^3].Size ?? 1 : 1;
            Value value = blob.Value;
            if (step.MeanImage is { } mean)
            {
                Dimension[] sizes = [.. blob.Sizes.Skip(Math.Max(blob.Sizes.Count - 3, 0))];
                if (sizes.Length != 3 || sizes.Any(size => !size.IsKnown) || sizes.Aggregate((Int128)1, (product, size) => product * size.Size!.Value) != mean.Length)
                    throw new ModelFormatException(file, $"The mean image has {mean.Length} values for '{feature}'.", field: $"{path}.preprocessing");
                Value image = scope.Constant($"{feature.Name}.mean", Tensor.FromSpan<float>(mean, [.. sizes.Select(size => size.Size!.Value)]));
                value = scope.Builder.Add($"{feature.Name}.centred", Op.Sub, value, image);
            }
            else
            {
                bool bgr = feature.Type is ImageFeatureType { Layout: ColorLayout.Bgr };
                float[] biases = channels == 3 ? bgr ? [step.Blue, step.Green, step.Red] : [step.Red, step.Green, step.Blue] : [step.Gray];
                value = scope.Builder.Add($"{feature.Name}.scaled", Op.Mul, value, scope.Scalar($"{feature.Name}.scale", step.ChannelScale));
                value = scope.Builder.Add($"{feature.Name}.biased", Op.Add, value, scope.Constant($"{feature.Name}.bias", Tensor.FromSpan<float>(biases, [biases.Length, 1, 1])));
            }
            scope.Set(feature.Name, blob with { Value = value });
        }
    }

    /// <summary>Frees the constants when the body is disposed.</summary>
    private sealed class TensorHold(LayerScope scope) : IDisposable
    {
        public void Dispose()
        {
            foreach (Tensor tensor in scope.Tensors) tensor.Dispose();
        }
    }
}
