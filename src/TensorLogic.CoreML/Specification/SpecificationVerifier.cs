namespace TensorLogic.CoreML.Specification;

/// <summary>Checks what a specification says of itself: names, types and blocks that must agree. Nothing is inferred.</summary>
internal static class SpecificationVerifier
{
    public static void Verify(ModelSpecification specification)
    {
        if (specification.Program is MilProgram program) VerifyProgram(specification, program);
    }

    private static void VerifyProgram(ModelSpecification specification, MilProgram program)
    {
        foreach (FunctionDescription description in specification.Description.Functions)
        {
            if (!program.Functions.TryGetValue(description.Name, out MilFunction? function))
                throw new ModelFormatException(specification.File, $"Expected the function '{description.Name}', which the description names, found {(program.Functions.Count == 0 ? "none" : string.Join(", ", program.Functions.Keys))}.", field: "Model.mlProgram.functions");
            new FunctionVerifier(specification.File, function).Verify(description);
        }
        foreach ((string name, MilFunction function) in program.Functions)
            if (specification.Description.Find(name) is null)
                new FunctionVerifier(specification.File, function).Verify(null);
    }
}
