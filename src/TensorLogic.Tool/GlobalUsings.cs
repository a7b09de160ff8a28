global using TensorLogic.Tool.Output;
