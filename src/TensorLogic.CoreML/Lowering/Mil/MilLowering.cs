using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

/// <summary>Lowers a function of an ML Program to a graph with the bindings of its features.</summary>
internal static class MilLowering
{
    /// <param name="name">Name of the model, for errors.</param>
    /// <param name="file">Path of the model, for errors.</param>
    /// <param name="function">The function.</param>
    /// <param name="description">Its features.</param>
    /// <param name="backend">Where the body runs.</param>
    /// <exception cref="UnsupportedOperatorException">An operation is not in the op table.</exception>
    /// <exception cref="ModelFormatException">The function is broken.</exception>
    public static GraphBody Lower(string name, string file, MilFunction function, FunctionDescription description, IBackend backend)
    {
        GraphBuilder builder = new(function.Name);
        MilScope scope = new(builder);
        TensorHold hold = new(scope);
        try
        {
            List<InputBinding> inputs = [];
            foreach (MilNamedType input in function.Inputs)
            {
                if (input.Type is MilStateType { Wrapped: MilTensorType { IsString: false, IsStatic: true } state })
                {
                    scope.Set(input.Name, builder.State(input.Name, state.Tensor));
                    continue;
                }
                if (input.Type is not MilTensorType { IsString: false, HasRank: true } type)
                    throw new ModelFormatException(file, $"The input '{input.Name}' is {input.Type}, which no program takes.", field: function.Name);
                FeatureDescription feature = description.Inputs.FirstOrDefault(feature => feature.Name == input.Name)
                    ?? throw new ModelFormatException(file, $"The function takes '{input.Name}', which the model does not declare.", field: function.Name);
                // The features may be told more closely than the program tells its inputs.
                TensorType taken = feature.Type is TensorFeatureType { Tensor: { IsStatic: true } told } && type.Tensor.Accepts(told.Shape) 
                    ? told.WithElementType(type.Tensor.ElementType) : type.Tensor;
                scope.Set(input.Name, builder.Input(input.Name, taken));
                inputs.Add(new InputBinding(feature, taken));
            }

            Classification? classification = null;
            foreach (MilOperation operation in function.Block.Operations)
            {
                if (operation.Type == "classify") classification = Classification.Read(new MilCall(operation, scope));
                else MilBlocks.Lower(operation, scope);
            }

            List<Value> results = [];
            List<OutputBinding> outputs = [.. description.Outputs.Select(output => Bind(output))];
            return new GraphBody(name, builder.Build([.. results]), backend, inputs, outputs, hold);

            OutputBinding Bind(FeatureDescription output)
            {
                if (classification is not null && output.Name == classification.LabelOutput)
                    return new ClassLabelOutput(output.Name, Result(classification.Probabilities), classification.Labels);
                if (classification is not null && output.Name == classification.DictionaryOutput)
                    return new ClassProbabilitiesOutput(output.Name, Result(classification.Probabilities), classification.Labels);
                if (!function.Block.Outputs.Contains(output.Name) || scope.Find(output.Name) is not { Type: TensorValueType } value)
                    throw new ModelFormatException(file, $"The model declares the output '{output.Name}', which its program does not give.", field: function.Name);
                if (output.Type is ImageFeatureType image) return new ImageOutput(output.Name, Result(value), image.Layout);
                if (output.Type is TensorFeatureType { Tensor.ElementType: var type } && type != value.TensorType.ElementType)
                    value = builder.Add($"{output.Name}.as.{type.Name}", Op.Cast, new Op.CastAttributes(type), value);
                return new TensorOutput(output.Name, Result(value));
            }

            int Result(Value value)
            {
                results.Add(value);
                return results.Count - 1;
            }
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Frees the constants when the body is disposed.</summary>
    private sealed class TensorHold(MilScope scope) : IDisposable
    {
        public void Dispose()
        {
            foreach (Tensor tensor in scope.Tensors) tensor.Dispose();
        }
    }
}
