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
            .Select(@operator => Row(@operator.Name, call =>
            {
                Op.ArgAttributes attributes = new(call.Integer("axis", -1), call.Flag("keep_dims"));
                if (!call.Has("output_dtype")) call.Emit(@operator, attributes, call.Value("x"));
                else call.Emit(Op.Cast, new Op.CastAttributes(call.ElementType("output_dtype")), call.Add("indices", @operator, attributes, call.Value("x")));
            })),
    ];
}
