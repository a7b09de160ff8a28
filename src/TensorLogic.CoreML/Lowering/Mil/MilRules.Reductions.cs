using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Reductions() =>
    [
        .. new Operator[]
        {
            Op.ReduceSum, Op.ReduceMean, Op.ReduceProd, Op.ReduceMax, Op.ReduceMin, Op.ReduceL1Norm, Op.ReduceL2Norm, Op.ReduceSumSquare, Op.ReduceLogSum,
            Op.ReduceLogSumExp,
        }.Select(@operator => Row(@operator.Name, call => call.Emit(@operator, new Op.ReduceAttributes(call.Integers("axes"), call.Flag("keep_dims")), call.Value("x")))),
        .. new Operator[] { Op.ReduceArgmax, Op.ReduceArgmin }
            .Select(@operator => Row(@operator.Name, call => call.Emit(@operator, new Op.ArgAttributes(call.Integer("axis", -1), call.Flag("keep_dims"), call.Has("output_dtype") ? call.ElementType("output_dtype") : ElementType.Int32), call.Value("x")))),
        Row("cumsum", call => call.Emit(Op.CumSum, new Op.CumSumAttributes(call.Integer("axis", 0), call.Flag("exclusive"), call.Flag("reverse")), call.Value("x"))),
    ];
}
