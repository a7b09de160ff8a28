using System.Text.Json;
using System.Text.Json.Nodes;

namespace TensorLogic.Fuzz;

/// <summary>Changes to JSON that leave it JSON: values replaced, keys dropped and renamed, elements repeated and moved.</summary>
internal static class JsonMutation
{
    private static readonly JsonSerializerOptions s_options = new() { MaxDepth = 1024 };

    public static byte[] Mutate(byte[] source, Random random)
    {
        if (random.Next(5) == 0) return TextMutation.Mutate(source, random);
        JsonNode root = JsonNode.Parse(source)!;
        List<JsonNode> containers = [];
        Gather(root, containers);
        for (int times = 1 + random.Next(3); times > 0; times--)
            switch (containers[random.Next(containers.Count)])
            {
                case JsonObject { Count: > 0 } map: Change(map, random); break;
                case JsonArray { Count: > 0 } list: Change(list, random); break;
                default: break;
            }
        return JsonSerializer.SerializeToUtf8Bytes(root, s_options);
    }

    private static void Change(JsonObject map, Random random)
    {
        (string key, JsonNode? value) = map.ElementAt(random.Next(map.Count));
        switch (random.Next(5))
        {
            case 0: map.Remove(key); break;
            case 1: map[key + (char)('a' + random.Next(26))] = value?.DeepClone(); break;
            case 2: map[map.ElementAt(random.Next(map.Count)).Key] = value?.DeepClone(); break;
            default: map[key] = Replacement(random); break;
        }
    }

    private static void Change(JsonArray list, Random random)
    {
        int at = random.Next(list.Count);
        switch (random.Next(4))
        {
            case 0: list.RemoveAt(at); break;
            case 1: list.Insert(random.Next(list.Count + 1), list[at]?.DeepClone()); break;
            default: list[at] = random.Next(2) == 0 ? Replacement(random) : list[random.Next(list.Count)]?.DeepClone(); break;
        }
    }

    private static JsonNode? Replacement(Random random) => random.Next(9) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.NextDouble() * 1e300),
        3 => JsonValue.Create("../outside"),
        4 => JsonValue.Create(new string('a', random.Next(100))),
        5 => new JsonArray(JsonValue.Create(Mutation.Number(random)), JsonValue.Create(Mutation.Number(random))),
        6 => new JsonObject { ["x"] = Mutation.Number(random) },
        _ => JsonValue.Create(Mutation.Number(random)),
    };

    private static void Gather(JsonNode? node, List<JsonNode> containers)
    {
        if (node is JsonObject map)
        {
            containers.Add(map);
            foreach ((_, JsonNode? value) in map) Gather(value, containers);
        }
        else if (node is JsonArray list)
        {
            containers.Add(list);
            foreach (JsonNode? value in list) Gather(value, containers);
        }
    }
}
