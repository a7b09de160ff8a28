using System.Collections.Immutable;
using TensorLogic.CoreML.Specification;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

/// <summary>Layers that a host implements.</summary>
internal static class CustomLayerOperator
{
    private sealed record Attributes(CustomLayer Layer, string ClassName, int OutputCount) : OperatorAttributes;

    private static readonly Operator<Attributes> s_operator = new("custom_layer")
    {
        Inputs = [new("inputs", ElementTypes.Floats, Variadic: true)],
        InferWith = static (context, a) =>
        {
            // A layer is asked for shapes, not for types: where sizes are open, only the ranks of its answer count.
            bool isStatic = Enumerable.Range(0, context.InputCount).All(i => context.Input(i).IsStatic);
            Shape[] shapes = Ask(a, [.. Enumerable.Range(0, context.InputCount).Select(i => Shape.Create([.. context.Input(i).Dimensions.Select(size => size.Size ?? 1)]))]);
            return [.. shapes.Select(shape => (ValueType)new TensorValueType(isStatic ? new(ElementType.Float32, shape) : new(ElementType.Float32, [.. Enumerable.Repeat(Dimension.Unknown, shape.Rank)])))];
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor[] inputs = [.. Enumerable.Range(0, context.InputCount).Select(i => context.Input(i).Contiguous())];
            try
            {
                Shape[] shapes = Ask(a, [.. inputs.Select(input => input.Shape)]);
                a.Layer.Evaluate(inputs, [.. shapes.Select((shape, i) => context.Output(i, shape))], context.Cancellation);
            }
            finally
            {
                foreach (Tensor input in inputs) input.Dispose();
            }
        },
    };

    /// <exception cref="UnsupportedOperatorException">Nobody registered the class.</exception>
    public static void Lower(LayerCall call)
    {
        LayerMessage p = call.Parameters;
        string name = p.Text(10);
        if (!call.Network.CustomLayers.TryGetValue(name, out CustomLayerFactory? make))
            throw new UnsupportedOperatorException("custom", $"the class '{name}' is not part of the file") { Place = call.Place, Remedy = $"Register an implementation: AddCoreML(options => options.CustomLayers[\"{name}\"] = ...)." };
        var parameters = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (LayerMessage pair in p.Messages(30, "parameters"))
        {
            LayerMessage value = pair.Message(2, "value");
            object? found = value.OneOf(10, 20, 30, 40, 50) switch
            {
                10 => value.Double(10),
                20 => value.Text(20),
                30 => value.Integer(30),
                40 => value.Integer(40),
                50 => value.Flag(50),
                _ => null,
            };
            if (found is not null) parameters[pair.Text(1)] = found;
        }
        List<Tensor> weights = [];
        foreach (WeightSpecification weight in call.Layer.Weights)
        {
            Tensor tensor = weight.Read();
            // The layer's weights live as long as the graph's constants.
            call.Scope.Constant($"{call.Layer.Name}.{weight.Field}", tensor);
            weights.Add(tensor);
        }
        CustomLayer layer = make(new CustomLayerDescription(name, call.Layer.Name, parameters, weights)) ?? throw new ArgumentException($"The factory of the custom layer '{name}' made none.");
        var results = call.AddSeveral("out", s_operator, new Attributes(layer, name, call.Layer.Outputs.Count), [.. Enumerable.Range(0, call.InputCount).Select(call.Full)]);
        for (int i = 0; i < results.Count; i++) call.Emit(results[i], 0, i);
    }

    private static Shape[] Ask(Attributes a, ImmutableArray<Shape> inputs)
    {
        Shape[] shapes = [.. a.Layer.OutputShapes(inputs)];
        return shapes.Length == a.OutputCount ? shapes : throw new ArgumentException($"The custom layer '{a.ClassName}' gives {shapes.Length} shapes for {a.OutputCount} outputs.");
    }
}
