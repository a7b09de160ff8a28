namespace TensorLogic.CoreML.Specification;

/// <summary>Layers of neural networks: the field numbers of the <c>layer</c> oneof in NeuralNetwork.proto, and where their weights are.</summary>
internal static class LayerTable
{
    private static readonly Dictionary<int, string> Names = new()
    {
        [100] = "convolution", [120] = "pooling", [130] = "activation", [140] = "innerProduct", [150] = "embedding", [160] = "batchnorm",
        [165] = "mvn", [170] = "l2normalize", [175] = "softmax", [180] = "lrn", [190] = "crop", [200] = "padding", [210] = "upsample",
        [211] = "resizeBilinear", [212] = "cropResize", [220] = "unary", [230] = "add", [231] = "multiply", [240] = "average",
        [245] = "scale", [250] = "bias", [260] = "max", [261] = "min", [270] = "dot", [280] = "reduce", [290] = "loadConstant",
        [300] = "reshape", [301] = "flatten", [310] = "permute", [320] = "concat", [330] = "split", [340] = "sequenceRepeat",
        [345] = "reorganizeData", [350] = "slice", [400] = "simpleRecurrent", [410] = "gru", [420] = "uniDirectionalLSTM",
        [430] = "biDirectionalLSTM", [500] = "custom", [600] = "copy", [605] = "branch", [615] = "loop", [620] = "loopBreak",
        [625] = "loopContinue", [635] = "rangeStatic", [640] = "rangeDynamic", [660] = "clip", [665] = "ceil", [670] = "floor",
        [680] = "sign", [685] = "round", [700] = "exp2", [710] = "sin", [715] = "cos", [720] = "tan", [730] = "asin", [735] = "acos",
        [740] = "atan", [750] = "sinh", [755] = "cosh", [760] = "tanh", [770] = "asinh", [775] = "acosh", [780] = "atanh", [790] = "erf",
        [795] = "gelu", [815] = "equal", [820] = "notEqual", [825] = "lessThan", [827] = "lessEqual", [830] = "greaterThan",
        [832] = "greaterEqual", [840] = "logicalOr", [845] = "logicalXor", [850] = "logicalNot", [855] = "logicalAnd",
        [865] = "modBroadcastable", [870] = "minBroadcastable", [875] = "maxBroadcastable", [880] = "addBroadcastable",
        [885] = "powBroadcastable", [890] = "divideBroadcastable", [895] = "floorDivBroadcastable", [900] = "multiplyBroadcastable",
        [905] = "subtractBroadcastable", [920] = "tile", [925] = "stack", [930] = "gather", [935] = "scatter", [940] = "gatherND",
        [945] = "scatterND", [950] = "softmaxND", [952] = "gatherAlongAxis", [954] = "scatterAlongAxis", [960] = "reverse",
        [965] = "reverseSeq", [975] = "splitND", [980] = "concatND", [985] = "transpose", [995] = "sliceStatic", [1000] = "sliceDynamic",
        [1005] = "slidingWindows", [1015] = "topK", [1020] = "argMin", [1025] = "argMax", [1040] = "embeddingND", [1045] = "batchedMatmul",
        [1065] = "getShape", [1070] = "loadConstantND", [1080] = "fillLike", [1085] = "fillStatic", [1090] = "fillDynamic",
        [1100] = "broadcastToLike", [1105] = "broadcastToStatic", [1110] = "broadcastToDynamic", [1120] = "squeeze", [1125] = "expandDims",
        [1130] = "flattenTo2D", [1135] = "reshapeLike", [1140] = "reshapeStatic", [1145] = "reshapeDynamic",
        [1150] = "rankPreservingReshape", [1155] = "constantPad", [1170] = "randomNormalLike", [1175] = "randomNormalStatic",
        [1180] = "randomNormalDynamic", [1190] = "randomUniformLike", [1195] = "randomUniformStatic", [1200] = "randomUniformDynamic",
        [1210] = "randomBernoulliLike", [1215] = "randomBernoulliStatic", [1220] = "randomBernoulliDynamic",
        [1230] = "categoricalDistribution", [1250] = "reduceL1", [1255] = "reduceL2", [1260] = "reduceMax", [1265] = "reduceMin",
        [1270] = "reduceSum", [1275] = "reduceProd", [1280] = "reduceMean", [1285] = "reduceLogSum", [1290] = "reduceSumSquare",
        [1295] = "reduceLogSumExp", [1313] = "whereNonZero", [1315] = "matrixBandPart", [1320] = "lowerTriangular",
        [1325] = "upperTriangular", [1330] = "whereBroadcastable", [1350] = "layerNormalization", [1400] = "NonMaximumSuppression",
        [1450] = "oneHot", [1455] = "cumSum", [1460] = "clampedReLU", [1461] = "argSort", [1465] = "pooling3d", [1466] = "globalPooling3d",
        [1470] = "sliceBySize", [1471] = "convolution3d",
    };

    private static readonly Dictionary<int, WeightField> Lstm = Plain(
        (1, "inputGateWeightMatrix"), (2, "forgetGateWeightMatrix"), (3, "blockInputWeightMatrix"), (4, "outputGateWeightMatrix"),
        (20, "inputGateRecursionMatrix"), (21, "forgetGateRecursionMatrix"), (22, "blockInputRecursionMatrix"),
        (23, "outputGateRecursionMatrix"), (40, "inputGateBiasVector"), (41, "forgetGateBiasVector"), (42, "blockInputBiasVector"),
        (43, "outputGateBiasVector"), (60, "inputGatePeepholeVector"), (61, "forgetGatePeepholeVector"), (62, "outputGatePeepholeVector"));

    private static readonly Dictionary<int, Dictionary<int, WeightField>> Weights = new()
    {
        [130] = new() { [25] = new("PReLU", Plain((1, "alpha"))), [71] = new("parametricSoftplus", Plain((1, "alpha"), (2, "beta"))) },
        [100] = Plain((90, "weights"), (91, "bias")),
        [140] = Plain((20, "weights"), (21, "bias")),
        [150] = Plain((20, "weights"), (21, "bias")),
        [160] = Plain((15, "gamma"), (16, "beta"), (17, "mean"), (18, "variance")),
        [245] = Plain((2, "scale"), (5, "bias")),
        [250] = Plain((2, "bias")),
        [290] = Plain((2, "data")),
        [400] = Plain((30, "weightMatrix"), (31, "recursionMatrix"), (32, "biasVector")),
        [410] = Plain((30, "updateGateWeightMatrix"), (31, "resetGateWeightMatrix"), (32, "outputGateWeightMatrix"),
            (50, "updateGateRecursionMatrix"), (51, "resetGateRecursionMatrix"), (52, "outputGateRecursionMatrix"),
            (70, "updateGateBiasVector"), (71, "resetGateBiasVector"), (72, "outputGateBiasVector")),
        [500] = Plain((20, "weights")),
        [1040] = Plain((20, "weights"), (21, "bias")),
        [1045] = Plain((8, "weights"), (9, "bias")),
        [1070] = Plain((2, "data")),
        [1350] = Plain((3, "gamma"), (4, "beta")),
        [1471] = Plain((60, "weights"), (61, "bias")),
        [420] = new() { [20] = new("weightParams", Lstm) },
        [430] = new() { [20] = new("weightParams", Lstm) },
    };

    private static readonly Dictionary<int, string> Branch = new() { [1] = "ifBranch", [2] = "elseBranch" };
    private static readonly Dictionary<int, string> Loop = new() { [3] = "conditionNetwork", [4] = "bodyNetwork" };

    /// <summary>A field of a message that holds weights.</summary>
    /// <param name="Name">Name of the field.</param>
    /// <param name="Inner">The weights inside it; null where the field itself is a <c>WeightParams</c>.</param>
    public sealed record WeightField(string Name, IReadOnlyDictionary<int, WeightField>? Inner);

    /// <summary>Name of a layer's field, or null.</summary>
    public static string? NameOf(int field) => Names.GetValueOrDefault(field);

    /// <summary>Where a layer's weights are, or null if it has none.</summary>
    public static IReadOnlyDictionary<int, WeightField>? WeightsOf(int field) => Weights.GetValueOrDefault(field);

    /// <summary>The fields that hold networks, or null if the layer has none.</summary>
    public static IReadOnlyDictionary<int, string>? BodiesOf(int field) => field switch { 605 => Branch, 615 => Loop, _ => null };

    private static Dictionary<int, WeightField> Plain(params ReadOnlySpan<(int Field, string Name)> fields)
    {
        var table = new Dictionary<int, WeightField>();
        foreach ((int field, string name) in fields) table.Add(field, new(name, null));
        return table;
    }
}
