using System.Globalization;
using System.Text;

namespace TensorLogic.Language.Values;

/// <summary>Tensors as text (7.3, 7.4).</summary>
internal static class TensorText
{
    private const int WholeElements = 1000, EdgeEntries = 3;

    /// <param name="tensor">What to show.</param>
    /// <param name="decimals">Exactly so many decimals, positional; null for the form of <c>print</c>.</param>
    public static string Of(Tensor tensor, int? decimals = null)
    {
        StringBuilder text = new();
        Append(text, tensor, tensor.ElementCount > WholeElements, decimals);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Tensor tensor, bool abbreviate, int? decimals)
    {
        if (tensor.Rank == 0)
        {
            text.Append(decimals is { } count ? NumberText.Fixed(TensorConversion.ReadDoubles(tensor)[0], count) : Element(tensor));
            return;
        }
        int size = tensor.Shape[0];
        text.Append('[');
        for (int i = 0; i < size; i++)
        {
            if (i > 0) text.Append(", ");
            if (abbreviate && size > 2 * EdgeEntries && i == EdgeEntries)
            {
                text.Append("..., ");
                i = size - EdgeEntries;
            }
            using Tensor row = tensor.Select(0, i);
            Append(text, row, abbreviate, decimals);
        }
        text.Append(']');
    }

    private static string Element(Tensor scalar) => scalar.ElementType switch
    {
        ElementType.Bool => TensorConversion.ReadLongs(scalar)[0] != 0 ? "true" : "false",
        ElementType.UInt64 => ((ulong)TensorConversion.ReadLongs(scalar)[0]).ToString(CultureInfo.InvariantCulture),
        var type when type.IsInteger => TensorConversion.ReadLongs(scalar)[0].ToString(CultureInfo.InvariantCulture),
        _ => NumberText.Element(TensorConversion.ReadDoubles(scalar)[0]),
    };
}
