global using TensorLogic.Language;
