using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

/// <summary>What broke other readers, and the rules that the audit of the format led to.</summary>
public sealed class SafeTensorsThreatTests
{
    [Test]
    public void A_header_longer_than_the_format_allows_is_refused_before_it_is_read()
    {
        byte[] file = SafeTensorsSamples.Make("{}");
        BitConverter.TryWriteBytes(file, 100_000_001L);

        Assert.That(() => SafeTensorsReader.Read(file, 200_000_000, "x", LoadLimits.Default), Throws.TypeOf<ModelFormatException>().With.Message.Contains("100000000"));
    }

    [Test]
    public void A_header_length_that_wraps_with_its_own_eight_bytes_is_refused()
    {
        byte[] file = SafeTensorsSamples.Make("{}");
        BitConverter.TryWriteBytes(file, ulong.MaxValue - 7);

        Assert.That(() => SafeTensorsSamples.Read(file), Throws.TypeOf<ModelFormatException>().With.Property("Offset").EqualTo(0));
    }

    [Test]
    public void A_name_given_twice_cannot_hide_a_tensor()
    {
        Assert.That(() => Read("""{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("Two tensors are named \"x\""));
    }

    [Test]
    public void A_name_given_twice_in_two_spellings_is_still_given_twice()
    {
        Assert.That(() => Read("""{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\u0078":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0),
            Throws.TypeOf<ModelFormatException>().With.Property("Field").EqualTo("x"));
    }

    [Test]
    public void A_field_given_twice_in_two_spellings_is_still_given_twice()
    {
        Assert.That(() => Read("""{"x":{"dtype":"U8","\u0064type":"I8","shape":[0],"data_offsets":[0,0]}}""", 0),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("\"dtype\" is given twice"));
    }

    [Test]
    public void A_hole_between_tensors_cannot_hide_another_file()
    {
        Assert.That(() => Read("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("bytes from 1 on belong to no tensor"));
    }

    [Test]
    public void Bytes_behind_the_last_tensor_cannot_hide_another_file()
    {
        Assert.That(() => Read("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 2),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("end at data byte 1, but the file has 2"));
    }

    [Test]
    public void Tensors_that_overlap_are_refused()
    {
        Assert.That(() => Read("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3),
            Throws.TypeOf<ModelFormatException>().With.Property("Field").EqualTo("b"));
    }

    [TestCase("[4294967296,4294967296]", TestName = "A product of sizes that wraps to zero is refused")]
    [TestCase("[4398046511105,4194304,1]", TestName = "A product of sizes that wraps to a small number is refused")]
    [TestCase("[4294967296,4294967296,0]", TestName = "A product of sizes that wraps before a zero is refused")]
    [TestCase("[2305843009213693952]", TestName = "A number of bits that wraps to zero is refused")]
    public void Sizes_are_multiplied_without_wrapping(string shape)
    {
        Assert.That(() => Read($$$"""{"x":{"dtype":"F32","shape":{{{shape}}},"data_offsets":[0,0]}}""", 0), Throws.TypeOf<ModelFormatException>());
    }

    [Test]
    public void A_declared_size_larger_than_the_file_reads_no_foreign_memory()
    {
        Assert.That(() => Read("""{"x":{"dtype":"U8","shape":[1000],"data_offsets":[0,1000]}}""", 8),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("the file has 8 data bytes"));
    }

    [Test]
    public void Nesting_of_a_hundred_thousand_is_refused_at_the_limit()
    {
        byte[] file = SafeTensorsSamples.Make($$"""{"x":{"y":{{new string('[', 100_000)}}""");

        Assert.That(() => SafeTensorsSamples.Read(file), Throws.TypeOf<ModelLimitException>().With.Property("Limit").EqualTo((Int128)64));
    }

    [Test]
    public void Names_longer_than_the_limit_are_refused()
    {
        LoadLimits limits = LoadLimits.Default with { NameBytes = 8 };

        Assert.That(() => SafeTensorsSamples.Read(SafeTensorsSamples.Make("""{"nine-long":{}}"""), limits), Throws.TypeOf<ModelLimitException>());
    }

    [Test]
    public void More_tensors_than_the_limit_are_refused()
    {
        LoadLimits limits = LoadLimits.Default with { Count = 1 };
        const string empty = """{"dtype":"U8","shape":[0],"data_offsets":[0,0]}""";

        Assert.That(() => SafeTensorsSamples.Read(SafeTensorsSamples.Make($$"""{"a":{{empty}},"b":{{empty}}}"""), limits), Throws.TypeOf<ModelLimitException>());
    }

    [TestCase("[0,4294967296]", TestName = "A size beyond 32 bits is described and refused on reading")]
    [TestCase("[0,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", TestName = "More axes than a tensor has are described and refused on reading")]
    public void Sizes_that_no_tensor_can_have(string shape)
    {
        using TemporaryFolder folder = new();
        using IModel model = SafeTensorsFile.Open(folder.Write("x", SafeTensorsSamples.Make($$$"""{"x":{"dtype":"F32","shape":{{{shape}}},"data_offsets":[0,0]}}""")));
        ModelTensor tensor = model.Tensors["x"];

        Assert.Multiple(() =>
        {
            Assert.That($"[{string.Join(",", tensor.Dimensions)}]", Is.EqualTo(shape));
            Assert.That(() => tensor.Read(), Throws.TypeOf<ModelLimitException>());
        });
    }

    [Test]
    public void An_error_names_file_tensor_field_and_byte()
    {
        const string header = """{"layer.weight":{"dtype":"F33","shape":[0],"data_offsets":[0,0]}}""";
        var error = Assert.Throws<ModelFormatException>(() => SafeTensorsSamples.Read(SafeTensorsSamples.Make(header)))!;

        Assert.That((error.File, error.Field, error.Offset), Is.EqualTo(("sample.safetensors", "layer.weight > dtype", 8L + header.IndexOf("\"F33", StringComparison.Ordinal))));
    }

    [Test]
    public void An_error_in_the_json_itself_names_the_byte()
    {
        var error = Assert.Throws<ModelFormatException>(() => SafeTensorsSamples.Read(SafeTensorsSamples.Make("""{"x":!}""")))!;

        Assert.That(error.Offset, Is.EqualTo(8 + 5));
    }

    [Test]
    public void A_download_that_was_cut_short_is_recognised_and_said_to_be_short()
    {
        using TemporaryFolder folder = new();
        byte[] whole = File.ReadAllBytes(SafeTensorsSamples.Valid("empty-names-many.safetensors"));
        string path = folder.Write("cut.safetensors", whole.AsSpan(0, 5000));
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();

        Assert.That(() => runtime.LoadModel(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains("cut short"));
    }

    private static SafeTensorsHeader Read(string header, int dataBytes) => SafeTensorsSamples.Read(SafeTensorsSamples.Make(header, dataBytes));
}
