import { inject } from '@angular/core';
import { Router } from '@angular/router';
import type { Routes } from '@angular/router';
import { Chat } from './chat';
import { Login } from './login';
import { Prices } from './prices';
import { Session } from './session';

const isLoggedIn = () => inject(Session).isLoggedIn() || inject(Router).createUrlTree(['/login']);

export const routes: Routes = [
  { path: 'login', component: Login },
  { path: 'prices', component: Prices, canActivate: [isLoggedIn] },
  { path: 'chat', component: Chat, canActivate: [isLoggedIn] },
  { path: '**', redirectTo: 'prices' },
];
