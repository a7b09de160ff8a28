using System.Globalization;
using System.Text;
using System.Text.Json;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>JSON (14).</summary>
internal static class JsonFunctions
{
    private const int MaxDepth = 200;

    public static void AddTo(Library library)
    {
        library.Add("json_parse(text)", static c =>
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(c.Text(0), new JsonDocumentOptions { MaxDepth = MaxDepth });
                return Parsed(document.RootElement);
            }
            catch (JsonException problem)
            {
                throw new ScriptFault(Messages.NotJson((problem.LineNumber ?? 0) + 1, (problem.BytePositionInLine ?? 0) + 1), problem);
            }
        });
        library.Add("json_text(x)", static c =>
        {
            StringBuilder text = new();
            Append(c, text, c[0], 0);
            return text.ToString();
        });
    }

    private static Value Parsed(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.Null: return Value.None;
            case JsonValueKind.String: return element.GetString();
            case JsonValueKind.Array: return Value.Of(element.EnumerateArray().Select(Parsed));
            case JsonValueKind.Object: return Value.Of(new RecordValue(element.EnumerateObject().Select(field => KeyValuePair.Create(field.Name, Parsed(field.Value)))));
            default:
                string raw = element.GetRawText();
                if (raw.AsSpan().IndexOfAny('.', 'e', 'E') >= 0) return double.Parse(raw, CultureInfo.InvariantCulture);
                return long.TryParse(raw, CultureInfo.InvariantCulture, out long whole) ? whole : throw new ScriptFault(Messages.IsNotAn(raw, "int"));
        }
    }

    private static void Append(LibraryCall c, StringBuilder text, Value value, int depth)
    {
        if (depth > MaxDepth) throw c.Expects($"at most {MaxDepth} levels", value);
        switch (value.Content)
        {
            case null: text.Append("null"); break;
            case string s: AppendString(text, s); break;
            case ListValue list: AppendAll(list); break;
            case RangeValue: AppendAll(Sequences.ListOf(c.Run, value)); break;
            case RecordValue record:
                text.Append('{');
                string separator = "";
                foreach ((string key, Value field) in record)
                {
                    text.Append(separator);
                    AppendString(text, key);
                    text.Append(':');
                    Append(c, text, field, depth + 1);
                    separator = ",";
                }
                text.Append('}');
                break;
            case var _ when value.TensorOrNull is { } tensor:
                if (tensor.Rank == 0) Append(c, text, Tensors.Scalar(tensor), depth);
                else AppendAll(Enumerable.Range(0, tensor.Shape[0]).Select(i => (Value)tensor.Select(0, i)));
                break;
            case var _ when value.IsBool || value.IsInt: text.Append(value.ToString()); break;
            case var _ when value.IsFloat:
                if (!double.IsFinite(value.AsFloat())) throw new ScriptFault(Messages.HasNoJson(value.ToString()));
                text.Append(value.ToString());
                break;
            default: throw c.Expects("a value with a JSON form", value);
        }

        void AppendAll(IEnumerable<Value> items)
        {
            text.Append('[');
            string between = "";
            foreach (Value item in items)
            {
                text.Append(between);
                Append(c, text, item, depth + 1);
                between = ",";
            }
            text.Append(']');
        }
    }

    private static void AppendString(StringBuilder text, string s)
    {
        text.Append('"');
        foreach (char character in s)
            switch (character)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case < ' ': text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"); break;
                default: text.Append(character); break;
            }
        text.Append('"');
    }
}
