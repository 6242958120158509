// Where the viewer finds its decoders: here, and nowhere else. It must be told before it loads; left alone it would ask
// two hosts on the internet.
"use strict";
{
  const here = new URL(".", document.currentScript.src).href;
  self.ModelViewerElement = {
    dracoDecoderLocation: `${here}draco/`,
    meshoptDecoderLocation: `${here}meshopt_decoder.js`,
    ktx2TranscoderLocation: `${here}basis/`, // not carried: such textures stay blank
    lottieLoaderLocation: `${here}lottie.js`, // not carried either
  };
}
