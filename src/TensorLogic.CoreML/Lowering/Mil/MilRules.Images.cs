using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Images() =>
    [
        Row("upsample_nearest_neighbor", call => call.Emit(Op.Upsample,
            new Op.UpsampleAttributes(call.Number("scale_factor_height", 1), call.Number("scale_factor_width", 1), Op.SamplingMode.Default, true), call.Value("x"))),
        Row("upsample_bilinear", call =>
        {
            bool align = call.Flag("align_corners", true), half = call.Flag("half_pixel_centers", !align);
            Op.SamplingMode mode = align ? Op.SamplingMode.StrictAlignCorners : half ? Op.SamplingMode.UnalignCorners : Op.SamplingMode.Default;
            call.Emit(Op.Upsample, new Op.UpsampleAttributes(call.Number("scale_factor_height", 1), call.Number("scale_factor_width", 1), mode, false), call.Value("x"));
        }),
        Row("resize_nearest_neighbor", call => call.Emit(Op.Resize, new Op.ResizeAttributes(2, Op.SamplingMode.Default, true, true), call.Value("x"), TargetSize(call))),
        Row("resize_bilinear", call => call.Emit(Op.Resize, new Op.ResizeAttributes(2, Sampling(call), false), call.Value("x"), TargetSize(call))),
        Row("resize", call => call.Emit(Op.Resize,
            new Op.ResizeAttributes(call.Integer("resized_dims"), Sampling(call), call.Choice("interpolation_mode", "LINEAR", ("LINEAR", false), ("NEAREST_NEIGHBOR", true))), call.Value("x"), call.Value("shape"))),
        Row("crop", call => call.Emit(Op.Crop, new Op.CropAttributes(call.Integers("crop_height"), call.Integers("crop_width")), call.Value("x"))),
        Row("crop_resize", call =>
        {
            (bool center, bool widthFirst) = call.Choice("box_coordinate_mode", "CORNERS_HEIGHT_FIRST", ("CORNERS_HEIGHT_FIRST", (false, false)), ("CORNERS_WIDTH_FIRST", (false, true)),
                ("CENTER_SIZE_HEIGHT_FIRST", (true, false)), ("CENTER_SIZE_WIDTH_FIRST", (true, true)));
            call.Emit(Op.CropResize,
                new Op.CropResizeAttributes(call.Integer("target_height", 1), call.Integer("target_width", 1), call.Flag("normalized_coordinates"), call.Number("spatial_scale", 1), center, widthFirst,
                    Sampling(call), call.Number("pad_value", 0)),
                call.Value("x"), call.Has("roi") ? call.Value("roi") : call.Value("boxes"), call.OptionalValue("box_indices"));
        }),
        Row("resample", call => call.Emit(Op.Resample, new Op.ResampleAttributes(Nearest(call), Border(call), call.Number("padding_value", 0), Coordinates(call), call.Flag("align_corners")),
            call.Value("x"), call.Value("coordinates"))),
        Row("affine", call => call.Emit(Op.Affine,
            new Op.AffineAttributes(call.Integer("output_height"), call.Integer("output_width"), Nearest(call), Border(call), call.Number("padding_value", 0), Coordinates(call), call.Flag("align_corners")),
            call.Value("x"), call.Value("transform_matrix"))),
    ];

    private static Value TargetSize(MilCall call)
    {
        int height = call.Integer("target_size_height", 1), width = call.Integer("target_size_width", 1);
        if (height <= 0 || width <= 0) throw call.Operation.Broken($"The target size is {height} x {width}.");
        return call.Vector("shape", height, width);
    }

    private static Op.SamplingMode Sampling(MilCall call) => call.Choice("sampling_mode", "DEFAULT", ("DEFAULT", Op.SamplingMode.Default), ("STRICT_ALIGN_CORNERS", Op.SamplingMode.StrictAlignCorners),
        ("ALIGN_CORNERS", Op.SamplingMode.AlignCorners), ("UNALIGN_CORNERS", Op.SamplingMode.UnalignCorners), ("OFFSET_CORNERS", Op.SamplingMode.OffsetCorners));

    private static bool Nearest(MilCall call) => call.Choice("sampling_mode", "bilinear", ("bilinear", false), ("nearest", true));

    private static Op.BorderMode Border(MilCall call) => call.Choice("padding_mode", "constant",
        ("constant", Op.BorderMode.Constant), ("border", Op.BorderMode.Border), ("reflection", Op.BorderMode.Reflection), ("symmetric", Op.BorderMode.Symmetric));

    private static Op.CoordinateMode Coordinates(MilCall call) => call.Choice("coordinates_mode", null,
        ("unnormalized", Op.CoordinateMode.Unnormalized), ("normalized_minus_one_to_one", Op.CoordinateMode.MinusOneToOne), ("normalized_zero_to_one", Op.CoordinateMode.ZeroToOne));
}
