using TensorLogic.CoreML.Specification;
using TensorLogic.CoreML.Specification.Classic;
using TensorLogic.Models.Classic;

namespace TensorLogic.CoreML.Lowering.Classic;

/// <summary>Linear models and support vector machines.</summary>
internal static class LinearLowering
{
    public static ClassicEvaluator Lower(ClassicScope scope, GlmSpecification glm)
    {
        bool isClassifier = scope.Kind == ModelKind.GlmClassifier;
        if (glm.Weights.Length == 0) throw scope.Broken("weights", "Expected at least one row of weights, found none.");
        if (glm.Offsets.Length != glm.Weights.Length) throw scope.Broken("offset", $"Expected {glm.Weights.Length} offsets, one for each row of weights, found {glm.Offsets.Length}.");
        int inputs = scope.VectorCount() ?? glm.Weights[0].Length;
        for (int row = 0; row < glm.Weights.Length; row++)
            if (glm.Weights[row].Length != inputs || inputs == 0) throw scope.Broken($"weights[{row}]", $"Expected {inputs} weights, one for each value of the inputs, found {glm.Weights[row].Length}.");
        LinearTransform transform = (isClassifier, glm.Transform) switch
        {
            (false, 0) => LinearTransform.None,
            (false, 1) or (true, 0) => LinearTransform.Logit,
            (false, 2) or (true, 1) => LinearTransform.Probit,
            _ => throw scope.Broken("postEvaluationTransform", $"Expected a transform that is known, found {glm.Transform}."),
        };
        LinearModel model = new(glm.Weights, glm.Offsets, transform);
        if (!isClassifier) return new LinearRegressor(model, scope.RegressorOutput(glm.Weights.Length));

        ClassOutputs outputs = scope.ClassifierOutputs(glm.Labels);
        int classes = outputs.Labels.Count;
        if (glm.Encoding is not (0 or 1)) throw scope.Broken("classEncoding", $"Expected an encoding of 0 or 1, found {glm.Encoding}.");
        bool hasReference = glm.Encoding == 0;
        int rows = hasReference || classes == 2 ? classes - 1 : classes;
        if (glm.Weights.Length != rows) throw scope.Broken("weights", $"Expected {rows} rows of weights for {classes} classes, found {glm.Weights.Length}.");
        if (transform == LinearTransform.Probit && classes != 2) throw scope.Broken("postEvaluationTransform", $"Expected two classes with probit, found {classes}.");
        return new LinearClassifier(model, hasReference, outputs);
    }

    public static ClassicEvaluator Lower(ClassicScope scope, SupportVectorSpecification svm)
    {
        Kernel kernel = svm.Kernel.Kind switch
        {
            1 => new(KernelKind.Linear),
            2 => new(KernelKind.Rbf, svm.Kernel.Gamma),
            3 => new(KernelKind.Poly, svm.Kernel.Gamma, svm.Kernel.C, svm.Kernel.Degree),
            4 => new(KernelKind.Sigmoid, svm.Kernel.Gamma, svm.Kernel.C),
            _ => throw scope.Broken("kernel", "Expected a kernel, found none."),
        };
        if (kernel.Degree < 0) throw scope.Broken("kernel.polyKernel.degree", $"Expected a degree of 0 or more, found {kernel.Degree}.");
        SupportVectors vectors = ReadVectors(scope, svm, kernel);
        int count = vectors.Vectors.Length;
        for (int row = 0; row < svm.Coefficients.Count; row++)
            if (svm.Coefficients[row].Length != count) throw scope.Broken($"coefficients[{row}]", $"Expected {count} coefficients, one for each support vector, found {svm.Coefficients[row].Length}.");

        if (scope.Kind == ModelKind.SupportVectorRegressor)
        {
            if (svm.Coefficients.Count == 0 && count > 0) throw scope.Broken("coefficients", $"Expected {count} coefficients, found none.");
            return new SupportVectorRegressor(vectors, svm.Coefficients is [var only] ? only : [], svm.Rho[0], scope.RegressorOutput(1));
        }
        ClassOutputs outputs = scope.ClassifierOutputs(svm.Labels);
        int classes = outputs.Labels.Count;
        long pairs = (long)classes * (classes - 1) / 2;
        if (svm.Counts.Count != classes) throw scope.Broken("numberOfSupportVectorsPerClass", $"Expected {classes} numbers, one for each class, found {svm.Counts.Count}.");
        foreach (long number in svm.Counts)
            if (number < 0 || number > count) throw scope.Broken("numberOfSupportVectorsPerClass", $"Expected numbers of 0 to {count}, found {number}.");
        if (svm.Counts.Sum() != count) throw scope.Broken("numberOfSupportVectorsPerClass", $"Expected numbers with the sum {count}, the number of support vectors, found the sum {svm.Counts.Sum()}.");
        if (svm.Coefficients.Count != classes - 1) throw scope.Broken("coefficients", $"Expected {classes - 1} rows of coefficients for {classes} classes, found {svm.Coefficients.Count}.");
        if (svm.Rho.Length != pairs) throw scope.Broken("rho", $"Expected {pairs} constants, one for each pair of classes, found {svm.Rho.Length}.");
        if (svm.ProbA.Length != svm.ProbB.Length || svm.ProbA.Length > 0 && svm.ProbA.Length != pairs)
            throw scope.Broken("probA", $"Expected none or {pairs} numbers in probA and in probB, found {svm.ProbA.Length} and {svm.ProbB.Length}.");
        return new SupportVectorClassifier(vectors, [.. svm.Counts.Select(number => (int)number)], [.. svm.Coefficients], svm.Rho, svm.ProbA, svm.ProbB, outputs);
    }

    private static SupportVectors ReadVectors(ClassicScope scope, SupportVectorSpecification svm, Kernel kernel)
    {
        if (svm.Vectors is null) throw scope.Broken("supportVectors", "Expected support vectors, found none.");
        int? inputs = scope.VectorCount();
        var vectors = new SupportVector[svm.Vectors.Count];
        for (int i = 0; i < vectors.Length; i++)
        {
            (double[] values, int[]? indices) = svm.Vectors[i];
            if (indices is null)
            {
                inputs ??= values.Length;
                if (values.Length != inputs) throw scope.Broken($"denseSupportVectors.vectors[{i}]", $"Expected {inputs} values, as many as the inputs have, found {values.Length}.");
                vectors[i] = new(values, null);
                continue;
            }
            // Indices start at 1, as in libsvm's files.
            Array.Sort(indices, values);
            for (int k = 0; k < indices.Length; k++)
            {
                if (indices[k] < 1 || indices[k] > (inputs ?? int.MaxValue)) throw scope.Broken($"sparseSupportVectors.vectors[{i}]", $"Expected indices of 1 to {inputs ?? int.MaxValue}, found {indices[k]}.");
                indices[k]--;
                if (k > 0 && indices[k] == indices[k - 1]) throw scope.Broken($"sparseSupportVectors.vectors[{i}]", $"Expected each index once, found {indices[k] + 1} twice.");
            }
            vectors[i] = new(values, indices);
        }
        return new(kernel, vectors, inputs);
    }
}
