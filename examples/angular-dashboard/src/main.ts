import { bootstrapApplication } from '@angular/platform-browser';
import { provideWebSocketDefaults } from 'rxwire/angular';
import { Dashboard } from './app/dashboard';

bootstrapApplication(Dashboard, {
  providers: [provideWebSocketDefaults({ connectTimeout: 5000 })],
}).catch((error: unknown) => console.error(error));
