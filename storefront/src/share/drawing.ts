/**
 * A canvas of 300 x 450 to draw a poster on. The web has its own; WeChat's needs its element on the page.
 * uni-app's canvas, which serves both, weighs 8 kB on every first page.
 */
export const WIDTH = 300
export const HEIGHT = 450
const SHARP = 3 // Pixels for each point.

export interface Pen {
  fill: (color: string, x: number, y: number, width: number, height: number) => void
  write: (text: string, x: number, y: number, size: number, color: string) => void
  paste: (src: string, x: number, y: number, width: number, height: number) => Promise<void>
}

/** Draw, and get the address of the picture made. `page` is the component that holds the canvas. */
export async function drawn(page: any, draw: (pen: Pen) => Promise<void>): Promise<string> {
  const canvas = await canvasOf(page)
  canvas.width = WIDTH * SHARP
  canvas.height = HEIGHT * SHARP
  const context: CanvasRenderingContext2D = canvas.getContext('2d')
  context.scale(SHARP, SHARP)
  await draw({
    fill(color, x, y, width, height) {
      context.fillStyle = color
      context.fillRect(x, y, width, height)
    },
    write(text, x, y, size, color) {
      context.fillStyle = color
      context.font = `${size}px sans-serif`
      context.fillText(text, x, y)
    },
    async paste(src, x, y, width, height) {
      context.drawImage(await loaded(canvas, src), x, y, width, height)
    },
  })
  return saved(canvas, page)
}

function loaded(canvas: any, src: string): Promise<any> {
  return new Promise((done, failed) => {
    const image = canvas.createImage ? canvas.createImage() : new Image()
    image.onload = () => done(image)
    image.onerror = () => failed(new Error(src))
    image.src = src
  })
}

function canvasOf(page: any): Promise<any> {
  if (process.env.UNI_PLATFORM === 'h5') return Promise.resolve(document.createElement('canvas'))
  return new Promise((done) =>
    uni
      .createSelectorQuery()
      .in(page)
      .select('#poster')
      .fields({ node: true } as any, (found: any) => done(found.node))
      .exec(),
  )
}

function saved(canvas: any, page: any): Promise<string> {
  if (process.env.UNI_PLATFORM === 'h5') return Promise.resolve(canvas.toDataURL('image/png'))
  return new Promise((done, failed) =>
    uni.canvasToTempFilePath({ canvas, success: (got: any) => done(got.tempFilePath), fail: failed } as any, page),
  )
}
