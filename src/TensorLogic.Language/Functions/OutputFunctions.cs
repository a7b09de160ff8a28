using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>Printing, texts, types and lengths (7, 14), and what a sandbox does not have.</summary>
internal static class OutputFunctions
{
    private const int MostDecimals = 1000;

    public static void AddTo(Library library)
    {
        library.Add("print(..., sep = \" \")", static c =>
        {
            c.Run.Write(string.Join(c.Text(0), c.Rest));
            return Value.None;
        });
        library.Add("show(x)", static c =>
        {
            if (!c.IsTensorLike(0) && !c[0].IsNumber && !c[0].IsBool)
            {
                c.Run.Write(c[0].ToString());
                return Value.None;
            }
            Tensor x = c.Tensor(0);
            c.Run.Write($"tensor {x.ElementType.Name}{x.Shape}");
            if (x.Rank < 2) c.Run.Write(TensorText.Of(x));
            else
                for (int i = 0; i < x.Shape[0]; i++) c.Run.Write(TensorText.Of(x.Select(0, i)));
            return Value.None;
        });
        library.Add("str(x)", static c => c[0].ToString());
        library.Add("fixed(x, n)", static c =>
        {
            int decimals = c.SmallInt(1);
            if (decimals is < 0 or > MostDecimals) throw c.Expects($"0 to {MostDecimals} decimals", c[1]);
            if (c[0].IsNumber) return NumberText.Fixed(c[0].AsFloat(), decimals);
            return TensorText.Of(c.Tensor(0), decimals);
        });
        library.Add("type(x)", static c => c[0].TypeName);
        library.Add("fail(message)", static c => throw new ScriptFault(Messages.Failed(c[0].ToString())));
        library.Add("len(x)", static c => c[0].Content switch
        {
            string text => Sequences.Length(text),
            ListValue list => list.Count,
            RecordValue record => record.Count,
            RangeValue range => range.Count,
            _ when c[0].TensorOrNull is { Rank: > 0 } tensor => tensor.Shape[0],
            RelationValue relation => c.Run.Database.Count(c.Run, relation.Name),
            _ => throw c.Expects("a string, list, record, range or tensor", c[0]),
        });
        library.Add("time()", static c => (c.Run.Engine.Options.Clock?.GetUtcNow() ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds() / 1000.0);
        library.Add("env(name)", static c => throw new ScriptFault(Messages.NoEnvironment()));
        library.Add("input(...)", static c => throw new ScriptFault(Messages.NoInput()));
    }
}
