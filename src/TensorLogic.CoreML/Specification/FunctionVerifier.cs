namespace TensorLogic.CoreML.Specification;

/// <summary>Checks one function: each name is defined once and before its use, blocks return what they define, the description agrees.</summary>
internal sealed class FunctionVerifier(string file, MilFunction function)
{
    private readonly Dictionary<string, MilType> _scope = new(StringComparer.Ordinal);

    public void Verify(FunctionDescription? description)
    {
        for (int i = 0; i < function.Inputs.Count; i++)
            if (!_scope.TryAdd(function.Inputs[i].Name, function.Inputs[i].Type))
                throw Broken($"Expected one input '{function.Inputs[i].Name}', found two.", $"inputs[{i}]");
        List<string> defined = [];
        VerifyBlock(function.Block, defined);
        foreach (string output in function.Block.Outputs)
            if (_scope[output] is MilStateType)
                throw Broken($"Expected a value to return, found the state '{output}'.", "outputs");
        if (description is not null) VerifyDescription(description);
    }

    private void VerifyBlock(MilBlock block, List<string> defined)
    {
        foreach (MilNamedType input in block.Inputs) Define(input, defined, null);
        foreach (MilOperation operation in block.Operations)
        {
            foreach ((string parameter, IReadOnlyList<MilBinding> bindings) in operation.Inputs)
                foreach (MilBinding binding in bindings)
                    if (binding.Name is string name && !_scope.ContainsKey(name))
                        throw operation.Broken($"Expected a value for the input '{parameter}', found '{name}', which is not defined before.");
            foreach (MilBlock inner in operation.Blocks)
            {
                List<string> local = [];
                VerifyBlock(inner, local);
                foreach (string name in local) _scope.Remove(name);
            }
            if (operation.Type == "const") VerifyConstant(operation);
            foreach (MilNamedType output in operation.Outputs) Define(output, defined, operation);
        }
        for (int i = 0; i < block.Outputs.Count; i++)
            if (!_scope.ContainsKey(block.Outputs[i]))
                throw Broken($"Expected a value to return, found '{block.Outputs[i]}', which is not defined.", $"outputs[{i}]");
    }

    private void Define(MilNamedType value, List<string> defined, MilOperation? operation)
    {
        if (!_scope.TryAdd(value.Name, value.Type))
            throw operation?.Broken($"Expected a new name for its result, found '{value.Name}', which is defined before.") ?? Broken($"Expected a new name, found '{value.Name}', which is defined before.", "block inputs");
        defined.Add(value.Name);
    }

    private static void VerifyConstant(MilOperation operation)
    {
        if (!operation.Attributes.TryGetValue("val", out MilValue? value)) throw operation.Broken("Expected the attribute 'val', found none.");
        if (operation.Outputs.Count != 1) throw operation.Broken($"Expected one result, found {operation.Outputs.Count}.");
        if (operation.Outputs[0].Type is MilTensorType { IsStatic: true } declared && value.Type is MilTensorType found && declared != found)
            throw operation.Broken($"Expected a value of the declared type {declared}, found {found}.");
    }

    private void VerifyDescription(FunctionDescription description)
    {
        var inputs = function.Inputs.ToDictionary(input => input.Name, input => input.Type, StringComparer.Ordinal);
        for (int i = 0; i < description.Inputs.Count; i++)
            VerifyFeature(description.Inputs[i], inputs.GetValueOrDefault(description.Inputs[i].Name), $"Model.description.input[{i}]");
        for (int i = 0; i < description.States.Count; i++)
            VerifyFeature(description.States[i], (inputs.GetValueOrDefault(description.States[i].Name) as MilStateType)?.Wrapped, $"Model.description.state[{i}]");
        var described = description.Inputs.Concat(description.States).Select(feature => feature.Name).ToHashSet(StringComparer.Ordinal);
        foreach (MilNamedType input in function.Inputs)
            if (!described.Contains(input.Name))
                throw Broken($"Expected the {(input.Type is MilStateType ? "state" : "input")} '{input.Name}' in the description, found none.", "inputs");
        var results = function.Block.Outputs.ToHashSet(StringComparer.Ordinal);
        for (int i = 0; i < description.Outputs.Count; i++)
            if (!results.Contains(description.Outputs[i].Name))
                throw new ModelFormatException(file, $"Expected the output '{description.Outputs[i].Name}' of the description among the results of '{function.Name}' ({string.Join(", ", function.Block.Outputs)}), found none.", field: $"Model.description.output[{i}]");
    }

    private void VerifyFeature(FeatureDescription feature, MilType? type, string field)
    {
        if (type is null or MilStateType)
            throw new ModelFormatException(file, $"Expected '{feature.Name}' of the description among the inputs of '{function.Name}' ({string.Join(", ", function.Inputs.Select(input => input.Name))}), found none.", field: field);
        if (feature.Type is not TensorFeatureType declared || type is not MilTensorType { HasRank: true } tensor) return;
        bool agrees = declared.Tensor.Rank == tensor.Dimensions.Length || declared.EnumeratedShapes.Length > 0;
        for (int axis = 0; agrees && axis < Math.Min(declared.Tensor.Rank, tensor.Dimensions.Length); axis++)
            agrees = declared.Tensor.Dimensions[axis].Size is not int size || tensor.Dimensions[axis].Size is not int other || size == other;
        if (!agrees) throw new ModelFormatException(file, $"Expected '{feature.Name}' to be {tensor}, as in the function '{function.Name}', found {declared}.", field: field);
    }

    private ModelFormatException Broken(string problem, string field) => new(file, problem, field: $"{function.Name}.{field}");
}
