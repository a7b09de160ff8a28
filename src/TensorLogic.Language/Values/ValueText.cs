using System.Globalization;
using System.Text;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Values;

/// <summary>Values as <c>print</c> shows them (7).</summary>
internal static class ValueText
{
    /// <summary>A value at top level: a string is raw.</summary>
    public static string Of(Value value) => value.Content as string ?? Nested(value);

    /// <summary>A string in quotes, with escapes.</summary>
    public static string Quoted(string content)
    {
        StringBuilder text = new();
        AppendQuoted(text, content);
        return text.ToString();
    }

    /// <summary>A value as it stands inside another: a string has quotes.</summary>
    public static string Nested(Value value)
    {
        StringBuilder text = new();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.None: text.Append("none"); break;
            case ValueKind.Bool: text.Append(value.AsBool() ? "true" : "false"); break;
            case ValueKind.Int: text.Append(CultureInfo.InvariantCulture, $"{value.AsInt()}"); break;
            case ValueKind.Float: text.Append(NumberText.Shortest(value.AsFloat())); break;
            case ValueKind.String: AppendQuoted(text, value.AsString()); break;
            case ValueKind.List: AppendItems(text, value.AsList()); break;
            case ValueKind.Record: AppendRecord(text, value.AsRecord()); break;
            case ValueKind.Dtype: text.Append(value.Dtype.Name); break;
            case ValueKind.Range: text.Append(CultureInfo.InvariantCulture, $"{((RangeValue)value.Content!).Start}..{((RangeValue)value.Content!).End}"); break;
            case ValueKind.Function: text.Append(((FunctionValue)value.Content!).Text); break;
            case ValueKind.Relation: text.Append(CultureInfo.InvariantCulture, $"<relation {((RelationValue)value.Content!).Name}/{((RelationValue)value.Content!).Columns}>"); break;
            case ValueKind.Module: text.Append(CultureInfo.InvariantCulture, $"<module {((ModuleValue)value.Content!).Name}>"); break;
            case ValueKind.Optimizer: text.Append(CultureInfo.InvariantCulture, $"<optimizer {((OptimizerValue)value.Content!).Name}>"); break;
            case ValueKind.Schedule: text.Append(CultureInfo.InvariantCulture, $"<schedule {((ScheduleValue)value.Content!).Name}>"); break;
            case ValueKind.Tensor: text.Append(TensorText.Of(value.AsTensor())); break;
            case ValueKind.Model: text.Append(CultureInfo.InvariantCulture, $"<model {((ModelValue)value.Content!).Model.Metadata.Format}>"); break;
            default: text.Append(value.Content); break;
        }
    }

    private static void AppendItems(StringBuilder text, IReadOnlyList<Value> items)
    {
        text.Append('[');
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) text.Append(", ");
            Append(text, items[i]);
        }
        text.Append(']');
    }

    private static void AppendRecord(StringBuilder text, IReadOnlyDictionary<string, Value> record)
    {
        text.Append('{');
        string separator = "";
        foreach ((string key, Value value) in record)
        {
            text.Append(separator);
            if (IsName(key)) text.Append(key);
            else AppendQuoted(text, key);
            text.Append(": ");
            Append(text, value);
            separator = ", ";
        }
        text.Append('}');
    }

    /// <summary>True for a key that can be written without quotes.</summary>
    private static bool IsName(string key)
    {
        string letters = key.TrimEnd('\'');
        if (letters.Length == 0 || Tokens.Words.ContainsKey(key)) return false;
        bool first = true;
        foreach (Rune rune in letters.EnumerateRunes())
        {
            if (rune.Value != '_' && !(first ? Rune.IsLetter(rune) : Rune.IsLetterOrDigit(rune))) return false;
            first = false;
        }
        return true;
    }

    private static void AppendQuoted(StringBuilder text, string content)
    {
        text.Append('"');
        foreach (char c in content)
            switch (c)
            {
                case '\\': text.Append("\\\\"); break;
                case '"': text.Append("\\\""); break;
                case '\n': text.Append("\\n"); break;
                case '\t': text.Append("\\t"); break;
                case '\r': text.Append("\\r"); break;
                default: text.Append(c); break;
            }
        text.Append('"');
    }
}
